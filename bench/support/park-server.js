// A server that parks every request until it is told to answer them all, as Exchange does with Pings;
// those to /now it answers at once, those to /bytes/N with N bytes. Asked `{ask: "answer"}` or `{ask: "count"}` it tells how many waited;
// asked `{ask: "at-once"}` it answers Pings at once from then on, with changes.
import { createServer } from "node:net";
import { encodePingResponse } from "../../dist/activesync/ping.js";

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nOK";
const CHANGES = Buffer.from(encodePingResponse({ status: 2, folders: ["5"] }));
const PING_ANSWER = Buffer.concat([
  Buffer.from(
    `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: ${CHANGES.length}\r\n\r\n`,
  ),
  CHANGES,
]);
const parked = new Set();
let atOnce = false;

/** Reads requests off one connection. */
class Reader {
  #head = "";
  #missing = 0;
  #now = false;
  #bytes = 0;

  constructor(socket) {
    this.socket = socket;
  }

  take(chunk) {
    let rest = chunk;
    while (rest.length > 0) rest = this.#missing > 0 ? this.#body(rest) : this.#heading(rest);
  }

  #body(chunk) {
    const size = Math.min(this.#missing, chunk.length);
    this.#missing -= size;
    if (this.#missing === 0) this.#complete();
    return chunk.subarray(size);
  }

  #heading(chunk) {
    const before = this.#head.length;
    this.#head += chunk.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return chunk.subarray(chunk.length);
    this.#now = this.#head.startsWith("POST /now");
    this.#bytes = Number(/^GET \/bytes\/(\d+)/u.exec(this.#head)?.[1] ?? 0);
    this.#missing = Number(/^content-length: (\d+)/imu.exec(this.#head)?.[1] ?? 0);
    this.#head = "";
    if (this.#missing === 0) this.#complete();
    return chunk.subarray(end + 4 - before);
  }

  #complete() {
    if (this.#bytes > 0) void send(this.socket, this.#bytes);
    else if (this.#now) this.socket.write(ANSWER);
    else if (atOnce) this.socket.write(PING_ANSWER);
    else parked.add(this.socket);
  }
}

const CHUNK = Buffer.alloc(65_536, 1);

async function send(socket, bytes) {
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n`);
  for (let left = bytes; left > 0 && !socket.destroyed; left -= CHUNK.length) {
    if (!socket.write(left < CHUNK.length ? CHUNK.subarray(0, left) : CHUNK)) {
      await new Promise((resolve) => socket.once("drain", resolve).once("close", resolve));
    }
  }
}

const server = createServer({ noDelay: true }, (socket) => {
  const reader = new Reader(socket);
  socket.on("data", (chunk) => reader.take(chunk));
  socket.on("close", () => parked.delete(socket)).on("error", () => undefined);
});
server.listen(Number(process.argv[2]), "127.0.0.1", 8192, () => console.log("listening"));

process.on("message", ({ ask }) => {
  const count = parked.size;
  if (ask === "answer") {
    for (const socket of parked) socket.write(ANSWER);
    parked.clear();
  }
  if (ask === "at-once") atOnce = true;
  process.send({ count });
});
process.on("disconnect", () => process.exit());
