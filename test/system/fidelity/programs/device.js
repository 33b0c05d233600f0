// A device of the fidelity tests: opens flows over TLS, does on each what its steps say, and tells as JSON lines what
// comes of it until the horizon. It reads what it is to do from its standard input, and keeps its flows until it is
// ended, so that its going is seen by nobody.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { watchFlow } from "./watch-flow.js";

const { host, port, authority, name, middle, horizonMs, flows } = JSON.parse(readFileSync(0, "utf8"));
const told = [];
for (const flow of flows) setTimeout(() => open(flow), flow.startMs);
setTimeout(() => {
  for (const tell of told) tell();
  console.log('{"done":true}');
}, horizonMs);
setInterval(() => undefined, horizonMs);

function open({ id, keepAliveMs, localPort, steps }) {
  const raw = connect({ host, port, localPort, allowHalfOpen: true, noDelay: true });
  if (keepAliveMs !== undefined) raw.setKeepAlive(true, keepAliveMs);
  const socket = connectTls({ socket: raw, ca: authority, servername: name, allowHalfOpen: true });
  let requests = 0;
  const watch = watchFlow(raw, socket);
  told.push(() => watch.tellEnd(id));
  socket.once("secureConnect", () => {
    watch.begin(id);
    for (const step of steps) setTimeout(() => act(step), step.atMs);
  });

  function act(step) {
    switch (step.do) {
      case "request":
        requests += 1;
        return socket.write(
          `POST /${id}/${requests} HTTP/1.1\r\nHost: ${name}\r\nX-Plan: ${JSON.stringify(step.plan)}\r\nContent-Length: 0\r\n\r\n`,
        );
      case "end":
        return socket.end();
      case "reset":
        return raw.resetAndDestroy();
      case "lose":
        return lose(step.on ? "add" : "delete");
    }
  }

  function lose(change) {
    const args = ["netns", "exec", middle, "nft", change, "element", "inet", "loss", "ports", `{ ${raw.localPort} }`];
    execFile("ip", args, (error) => {
      if (error !== null) throw new Error(`nft could not lose ${raw.localPort}`, { cause: error });
    });
  }
}
