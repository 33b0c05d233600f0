// Devices: TLS connections that each park one request. Messages, each answered when it is done:
//   {ask: "park", port, count, uploadBytes?, atOnce?, everyMs?, holdLast?}   connects `count` more, uploads if asked, and sends the request that waits
//   {ask: "answered"}   waits until every parked request has its answer
//   {ask: "close"}      closes all connections
//   {ask: "finish"}     sends at one instant the last byte of every request of which `park` with `holdLast` held it back
//   {ask: "ends"}       waits until every connection was answered or ended, tells after how many ms since its own last byte
//   {ask: "download" | "upload", port, bytes}   one body of this size on a connection of its own, tells the seconds
import { once } from "node:events";
import { connect } from "node:tls";

const PING = request("/Microsoft-Server-ActiveSync?Cmd=Ping&User=bench&DeviceId=DEVICE&DeviceType=PocketPC", 100);

/** @type {Set<import("node:tls").TLSSocket>} */
const sockets = new Set();
/** Those that the last byte of a request is held back from. */
let held = [];
let unanswered = 0;
/** Connections whose request is complete. */
let watched = 0;
/** What came of each connection, in ms since its last byte: an answer or its end. */
let ends = [];
let serial = 0;
let changed = () => undefined;

function request(path, size) {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nMS-ASProtocolVersion: 14.1\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: ${size}\r\n\r\n`;
}

async function park({ port, count, uploadBytes = 0, atOnce = 64, everyMs = 0, holdLast = false }) {
  let left = count;
  const begunAt = performance.now();
  const one = async () => {
    while (left > 0) {
      left -= 1;
      serial += 1;
      const early = begunAt + everyMs * (count - left) - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      // Half of them from another address: a pair of addresses has but 28,000 ports.
      const host = serial % 2 === 0 ? "127.0.0.1" : "127.0.0.2";
      const options = { host, port, rejectUnauthorized: false, servername: "localhost", ALPNProtocols: ["http/1.1"] };
      const socket = connect(options);
      await once(socket, "secureConnect");
      sockets.add(socket);
      socket.on("error", () => undefined);
      if (uploadBytes > 0) {
        socket.write(request("/now", uploadBytes));
        socket.write(Buffer.alloc(uploadBytes, 1));
        await once(socket, "data");
      }
      const device = String(serial).padStart(6, "0");
      await new Promise((resolve) => {
        socket.write(PING.replace("DEVICE", device) + "x".repeat(holdLast ? 99 : 100), resolve);
      });
      if (holdLast) held.push(socket);
      else watch(socket);
    }
  };
  unanswered += count;
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, one));
  return { seconds: (performance.now() - begunAt) / 1000 };
}

function watch(socket) {
  const lastByteAt = performance.now();
  let told = false;
  watched += 1;
  const tell = () => {
    if (!told) ends.push(performance.now() - lastByteAt);
    told = true;
  };
  socket.once("data", () => {
    unanswered -= 1;
    tell();
    changed();
  });
  socket.once("close", () => {
    sockets.delete(socket);
    tell();
    changed();
  });
}

async function until(condition) {
  while (!condition()) {
    await new Promise((resolve) => {
      changed = resolve;
    });
  }
}

/** One exchange on a connection of its own, timed from its first byte to the last of its answer. */
async function exchange(port, head, body, answerBytes) {
  const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });
  await once(socket, "secureConnect");
  const begunAt = performance.now();
  socket.write(head);
  const chunk = Buffer.alloc(65_536, 1);
  let come = 0;
  const answered = new Promise((resolve, reject) => {
    socket.on("data", (bytes) => {
      come += bytes.length;
      if (come >= answerBytes) resolve();
    });
    socket.once("error", reject).once("close", () => reject(new Error(`closed after ${come} bytes`)));
  });
  for (let left = body; left > 0; left -= chunk.length) {
    if (!socket.write(left < chunk.length ? chunk.subarray(0, left) : chunk)) {
      await Promise.race([once(socket, "drain"), answered]);
    }
  }
  await answered;
  const seconds = (performance.now() - begunAt) / 1000;
  socket.destroy();
  return { seconds };
}

const ASKED = {
  park,
  finish: async () => {
    for (const socket of held) {
      socket.write("x");
      watch(socket);
    }
    held = [];
    return {};
  },
  download: ({ port, bytes }) => exchange(port, `GET /bytes/${bytes} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 0, bytes),
  upload: ({ port, bytes }) => exchange(port, request("/now", bytes), bytes, 1),
  answered: async () => {
    await until(() => unanswered === 0);
    return {};
  },
  close: async () => {
    for (const socket of sockets) socket.destroy();
    await until(() => sockets.size === 0);
    held = [];
    unanswered = 0;
    watched = 0;
    ends = [];
    return {};
  },
  ends: async () => {
    await until(() => ends.length === watched);
    return { ends };
  },
};

process.on("message", (message) => {
  ASKED[message.ask](message).then(
    (answer) => process.send(answer),
    (error) => process.send({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
