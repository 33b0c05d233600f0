// A server and devices in a process of their own, so that their load does not delay what the proxy's process does.
// Started with fork(); plain JavaScript, which Node 20 runs as it is.
//
//   says { serverPort } at the start
//   told { kind: "rehearse", ports: [[port, count], ...] }, says { tookMs }: how long it takes to park so many
//   told { kind: "park", ports }, says { parked: true } when the server has them all, then { waits, ends } when all
//   have ended: how long each was silent until its end, from just before it wrote its request, and in which ways
import { once } from "node:events";
import { createServer, connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";

const REQUEST = "POST /Microsoft-Server-ActiveSync?Cmd=Ping HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n";
/** Handshakes at a time: enough that neither process waits for the other. */
const PARALLEL = 32;

let requestCount = 0;
let onRequest = () => undefined;
const server = createServer((socket) => {
  socket.once("data", () => {
    requestCount += 1;
    onRequest();
  });
  socket.on("error", () => undefined);
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
await once(server, "listening");

const session = new Map();

/** Parks one request; its `ended` resolves with how long it waited and how it ended. */
async function park(port) {
  const raw = connectTcp({ port, host: "127.0.0.1", noDelay: true });
  const options = { socket: raw, rejectUnauthorized: false, maxVersion: "TLSv1.2" };
  const socket = connectTls({ ...options, session: session.get(port) });
  socket.on("session", (fresh) => session.set(port, fresh));
  await once(socket, "secureConnect");
  let how = "FIN";
  socket.on("error", (error) => (how = error.code));
  socket.resume();
  const sentAt = performance.now();
  socket.write(REQUEST);
  const ended = new Promise((resolve) => {
    socket.once("close", () => resolve({ waitedMs: performance.now() - sentAt, how }));
  });
  return { socket, ended };
}

/** Parks them all, some at a time, and waits until the server has them. */
async function parkAll(ports) {
  const wanted = ports.flatMap(([port, count]) => Array.from({ length: count }, () => port));
  const total = requestCount + wanted.length;
  const arrived = new Promise((resolve) => (onRequest = () => requestCount === total && resolve()));
  const parked = [];
  const work = async () => {
    for (let port = wanted.pop(); port !== undefined; port = wanted.pop()) parked.push(await park(port));
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  await arrived;
  return parked;
}

process.on("message", async ({ kind, ports }) => {
  const startedAt = performance.now();
  const parked = await parkAll(ports);
  if (kind === "rehearse") {
    for (const { socket } of parked) socket.destroy();
    return process.send({ tookMs: performance.now() - startedAt });
  }
  process.send({ parked: true });
  const ends = await Promise.all(parked.map(({ ended }) => ended));
  process.send({ waits: ends.map(({ waitedMs }) => waitedMs), ends: [...new Set(ends.map(({ how }) => how))] });
});
process.send({ serverPort: server.address().port });
