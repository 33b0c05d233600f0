// A server and devices in a process of their own, so that their load does not delay what the proxy's process does.
// Started with fork(); plain JavaScript, which Node 20 runs as it is.
//
//   says { serverPort } at the start
//   told { ports: [[port, count], ...] }, says { parked: true } when the server has so many whole requests, then
//   { waits, ends, starvedMs } when all have ended: how long each was silent until its end, from just before its last
//   byte was written, in which ways they ended, and how long this process waited for a processor meanwhile
import { once } from "node:events";
import { createServer, connect as connectTcp } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";
import { connect as connectTls, createSecureContext } from "node:tls";
import { starvedMs } from "./pass-starved.js";

const HEAD = "POST /Microsoft-Server-ActiveSync?Cmd=Ping HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const SIGN_OF_LIFE = "1\r\nx\r\n";
const END = "0\r\n\r\n";
/** How often a device that waits for the others shows that it is there: well within any time-out tested. */
const SIGN_OF_LIFE_MS = 2000;
/** Handshakes at a time: enough that neither process waits for the other. */
const PARALLEL = 32;
/** Requests that are ended at a time, so that their time-outs do not all come at one instant. */
const BATCH = 25;
const BATCH_MS = 30;

let wholeCount = 0;
const server = createServer((socket) => {
  socket.on("data", (bytes) => {
    if (bytes.toString("latin1").endsWith(END)) wholeCount += 1;
  });
  socket.on("error", () => undefined);
});
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 });
await once(server, "listening");

/** One for all devices: making it is a good part of a handshake. */
const secureContext = createSecureContext({ maxVersion: "TLSv1.2" });
const sessions = new Map();
const waiting = new Set();
setInterval(() => {
  for (const socket of waiting) socket.write(SIGN_OF_LIFE);
}, SIGN_OF_LIFE_MS);

/** Connects a device and begins its request. */
async function begin(port) {
  const raw = connectTcp({ port, host: "127.0.0.1", noDelay: true });
  const options = { socket: raw, rejectUnauthorized: false, secureContext };
  const socket = connectTls({ ...options, session: sessions.get(port) });
  socket.on("session", (session) => sessions.set(port, session));
  await once(socket, "secureConnect");
  socket.resume();
  socket.write(HEAD);
  waiting.add(socket);
  return socket;
}

/** Ends a device's request; resolves with how long it was silent then, and how it ended. */
async function end(socket) {
  waiting.delete(socket);
  let how = "FIN";
  socket.on("error", (error) => (how = error.code));
  const sentAt = performance.now();
  socket.write(END);
  await new Promise((resolve) => socket.once("close", resolve));
  return { waitedMs: performance.now() - sentAt, how };
}

async function beginAll(ports) {
  const wanted = ports.flatMap(([port, count]) => Array.from({ length: count }, () => port));
  const sockets = [];
  const work = async () => {
    for (let port = wanted.pop(); port !== undefined; port = wanted.pop()) sockets.push(await begin(port));
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return sockets;
}

process.on("message", ({ ports }) => void passAll(ports));

async function passAll(ports) {
  const sockets = await beginAll(ports);
  const ends = [];
  const starvedBefore = starvedMs();
  for (let at = 0; at < sockets.length; at += BATCH) {
    for (const socket of sockets.slice(at, at + BATCH)) ends.push(end(socket));
    await setTimeout(BATCH_MS);
  }
  while (wholeCount < sockets.length) await setImmediate();
  process.send({ parked: true });
  const ended = await Promise.all(ends);
  process.send({
    waits: ended.map(({ waitedMs }) => waitedMs),
    ends: [...new Set(ended.map(({ how }) => how))],
    starvedMs: starvedMs() - starvedBefore,
  });
}
process.send({ serverPort: server.address().port });
