// Devices: TLS connections that each park one request. Messages, each answered when it is done:
//   {ask: "park", port, count, uploadBytes?, resume?}   connects `count` more, uploads if asked, and sends the request that waits
//   {ask: "answered"}   waits until every parked request has its answer
//   {ask: "close"}      closes all connections
//   {ask: "ends"}       waits until all connections have ended, tells at which instants (ms since the park's end)
import { once } from "node:events";
import { connect } from "node:tls";

const AT_ONCE = 64;
const PING = request("/Microsoft-Server-ActiveSync?Cmd=Ping&User=bench&DeviceId=DEVICE&DeviceType=PocketPC", 100);

/** @type {Set<import("node:tls").TLSSocket>} */
const sockets = new Set();
let unanswered = 0;
let parkedAt = 0;
/** Instants of ends, in ms since a connection's last byte. */
let ends = [];
let serial = 0;
let changed = () => undefined;

function request(path, size) {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nMS-ASProtocolVersion: 14.1\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: ${size}\r\n\r\n`;
}

async function park({ port, count, uploadBytes = 0, resume = false }) {
  let left = count;
  let session;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      serial += 1;
      // Half of them from another address: a pair of addresses has but 28,000 ports.
      const host = serial % 2 === 0 ? "127.0.0.1" : "127.0.0.2";
      const options = { host, port, rejectUnauthorized: false, servername: "localhost", ALPNProtocols: ["http/1.1"] };
      const socket = connect(resume && session !== undefined ? { ...options, session } : options);
      if (resume) socket.on("session", (ticket) => (session = ticket));
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
        socket.write(PING.replace("DEVICE", device) + "x".repeat(100), resolve);
      });
      watch(socket);
    }
  };
  unanswered += count;
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count) }, one));
  parkedAt = performance.now();
  return {};
}

function watch(socket) {
  const lastByteAt = performance.now();
  socket.once("data", () => {
    unanswered -= 1;
    changed();
  });
  socket.once("close", () => {
    sockets.delete(socket);
    ends.push(performance.now() - lastByteAt);
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

const ASKED = {
  park,
  answered: async () => {
    await until(() => unanswered === 0);
    return {};
  },
  close: async () => {
    for (const socket of sockets) socket.destroy();
    await until(() => sockets.size === 0);
    unanswered = 0;
    ends = [];
    return {};
  },
  ends: async () => {
    await until(() => sockets.size === 0);
    return { ends, sinceParked: performance.now() - parkedAt };
  },
};

process.on("message", (message) => {
  ASKED[message.ask](message).then(
    (answer) => process.send(answer),
    (error) => process.send({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
