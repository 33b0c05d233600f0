// Devices: TLS connections that each park one request. Messages, each answered when it is done:
//   {ask: "park", port, count, uploadBytes?, atOnce?, everyMs?}   connects `count` more, uploads if asked, and sends the request that waits
//   {ask: "visit", port, count}   has `count` more devices ask once each, over a few connections, and waits for their answers
//   {ask: "answered"}   waits until every parked request has its answer
//   {ask: "close"}      closes all connections; who parks next are the same devices
//   {ask: "ends"}       waits until every connection was answered or ended, tells when and when its request was sent (ms of the epoch)
//   {ask: "download" | "upload", port, bytes}   one body of this size on a connection of its own, tells the seconds
import { once } from "node:events";
import { connect } from "node:tls";

/** A Ping that asks for 59 min and watches one folder, in WBXML (MS-ASWBXML, code page 13). */
const PING_BODY = wbxml("45 48 :3540 / 49 4A 4B :5 / 4C :Email / / / /");
const PING = request(
  "/Microsoft-Server-ActiveSync?Cmd=Ping&User=bench&DeviceId=DEVICE&DeviceType=PocketPC",
  PING_BODY.length,
);

/** @type {Set<import("node:tls").TLSSocket>} */
const sockets = new Set();
let unanswered = 0;
/** Connections whose request is complete. */
let watched = 0;
/** When each connection was answered or ended, and when its request was sent, in ms of the epoch. */
let ends = [];
/** Devices that have parked, from 1; those of which all connections were closed come back. */
let parkers = 0;
/** Devices that have visited. */
let visitors = 0;
/** More failures than these are no storm but a fault. */
const MOST_REFUSED = 50_000;
/** Attempts to connect that failed. */
let refused = 0;
let changed = () => undefined;

/** Tags in hexadecimal, texts behind a colon, and a slash where a tag ends; the first tag switches to Ping's code page. */
function wbxml(tokens) {
  const bytes = tokens.split(" ").map((token) => {
    if (token === "/") return Buffer.of(0x01);
    return token.startsWith(":") ? Buffer.from(`\u0003${token.slice(1)}\0`) : Buffer.from(token, "hex");
  });
  return Buffer.concat([Buffer.of(0x03, 0x01, 0x6a, 0x00, 0x00, 0x0d), ...bytes]);
}

function request(path, size) {
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nMS-ASProtocolVersion: 14.1\r\nContent-Type: application/vnd.ms-sync.wbxml\r\nContent-Length: ${size}\r\n\r\n`;
}

/** A connection, tried again until it is made, as devices do. */
async function connected(options) {
  for (;;) {
    const socket = connect(options);
    try {
      await once(socket, "secureConnect");
      return socket;
    } catch (error) {
      refused += 1;
      if (refused > MOST_REFUSED) throw error;
    }
  }
}

async function park({ port, count, uploadBytes = 0, atOnce = 64, everyMs = 0 }) {
  let left = count;
  const begunAt = performance.now();
  const one = async () => {
    while (left > 0) {
      left -= 1;
      parkers += 1;
      const device = String(parkers).padStart(6, "0");
      const early = begunAt + everyMs * (count - left) - performance.now();
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      // Half of them from another address: a pair of addresses has but 28,000 ports.
      const host = parkers % 2 === 0 ? "127.0.0.1" : "127.0.0.2";
      const options = { host, port, rejectUnauthorized: false, servername: "localhost", ALPNProtocols: ["http/1.1"] };
      const socket = await connected(options);
      sockets.add(socket);
      socket.on("error", () => undefined);
      if (uploadBytes > 0) {
        socket.write(request("/now", uploadBytes));
        socket.write(Buffer.alloc(uploadBytes, 1));
        await once(socket, "data");
      }
      const sentAt = epoch();
      await new Promise((resolve) => {
        socket.write(Buffer.concat([Buffer.from(PING.replace("DEVICE", device)), PING_BODY]), resolve);
      });
      watch(socket, sentAt);
    }
  };
  unanswered += count;
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, one));
  return { seconds: (performance.now() - begunAt) / 1000, refused };
}

/** Now, in ms of the epoch with their fractions: other processes read it. */
function epoch() {
  return performance.timeOrigin + performance.now();
}

function watch(socket, sentAt) {
  let told = false;
  watched += 1;
  const tell = () => {
    if (!told) ends.push({ sentAt, endedAt: epoch() });
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

/** Devices that ask once each, one after the other on each of these connections. */
async function visit({ port, count, atOnce = 16 }) {
  let left = count;
  const one = async () => {
    const options = { host: "127.0.0.1", port, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] };
    const socket = await connected(options);
    while (left > 0) {
      left -= 1;
      visitors += 1;
      const head = PING.replace("DEVICE", String(visitors).padStart(32, "0"));
      socket.write(Buffer.concat([Buffer.from(head), PING_BODY]));
      await once(socket, "data");
    }
    socket.destroy();
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return {};
}

const ASKED = {
  park,
  visit,
  download: ({ port, bytes }) => exchange(port, `GET /bytes/${bytes} HTTP/1.1\r\nHost: localhost\r\n\r\n`, 0, bytes),
  upload: ({ port, bytes }) => exchange(port, request("/now", bytes), bytes, 1),
  answered: async () => {
    await until(() => unanswered === 0);
    return {};
  },
  close: async () => {
    for (const socket of sockets) socket.destroy();
    await until(() => sockets.size === 0);
    unanswered = 0;
    parkers = 0;
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
