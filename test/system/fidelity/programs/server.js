// The server of the fidelity tests: answers each request as the plan in its head says, and tells as JSON lines what it
// sees of each flow until SIGUSR2. It reads its settings from its standard input and runs until it is ended.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { TLSSocket, createSecureContext } from "node:tls";
import { watchFlow } from "./watch-flow.js";

const { port, cert, key } = JSON.parse(readFileSync(0, "utf8"));
const secureContext = createSecureContext({ cert, key });
const watches = new Map();

createServer({ allowHalfOpen: true, noDelay: true }, accept).listen(port, () => console.log('{"listening":true}'));
process.once("SIGUSR2", () => {
  for (const [id, watch] of watches) watch.tellEnd(id);
  console.log('{"done":true}');
});

function accept(raw) {
  const socket = new TLSSocket(raw, { isServer: true, secureContext, allowHalfOpen: true });
  const watch = watchFlow(raw, socket);
  let text = "";
  let planned = 0;
  let ended = false;
  socket.on("data", (bytes) => {
    text += bytes.toString("latin1");
    for (let end = text.indexOf("\r\n\r\n"); end >= 0; end = text.indexOf("\r\n\r\n")) {
      request(text.slice(0, end));
      text = text.slice(end + 4);
    }
  });
  socket.once("end", () => {
    ended = true;
    endIfDone();
  });

  function request(head) {
    const [, id] = /^POST \/([^/]+)\//.exec(head);
    const plan = JSON.parse(/^X-Plan: (.+)$/m.exec(head)[1]);
    if (!watches.has(id)) watch.begin(id);
    watches.set(id, watch);
    planned += plan.length;
    for (const step of plan) setTimeout(() => act(step), step.afterMs);
  }

  function act({ do: what, bytes = 0, everyMs }) {
    planned -= 1;
    const body = "x".repeat(bytes);
    if (what === "answer") socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes}\r\n\r\n${body}`);
    if (what === "begin") socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    if (what === "chunk") socket.write(`${bytes.toString(16)}\r\n${body}\r\n`);
    if (what === "finish") socket.write("0\r\n\r\n");
    if (what === "keepAlive") raw.setKeepAlive(true, everyMs);
    if (what === "end") socket.end();
    endIfDone();
  }

  function endIfDone() {
    if (ended && planned === 0) socket.end();
  }
}
