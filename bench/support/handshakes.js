// Devices that come with one small request each, 16 at a time, and go; asked {port, count, resume}.
import { connect } from "node:tls";

const AT_ONCE = 16;
const REQUEST = `POST /now?Cmd=Sync HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nContent-Length: 100\r\n\r\n${"x".repeat(100)}`;

async function come({ port, count, resume }) {
  let left = count;
  let session;
  let resumed = 0;
  const startedAt = performance.now();
  const one = () =>
    new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port, rejectUnauthorized: false, servername: "localhost" };
      const socket = connect(resume && session !== undefined ? { ...options, session } : options, () => {
        if (socket.isSessionReused()) resumed += 1;
        socket.write(REQUEST);
      });
      if (resume) {
        socket.on("session", (ticket) => {
          session = ticket;
        });
      }
      socket.once("data", () => socket.end());
      socket.on("error", reject).on("close", resolve);
    });
  const many = async () => {
    while (left > 0) {
      left -= 1;
      await one();
    }
  };
  // The first brings the ticket that the others offer.
  if (resume) {
    left -= 1;
    await one();
  }
  await Promise.all(Array.from({ length: AT_ONCE }, many));
  return { seconds: (performance.now() - startedAt) / 1000, resumed };
}

process.on("message", (message) => {
  come(message).then(
    (answer) => process.send(answer),
    (error) => process.send({ error: String(error) }),
  );
});
process.on("disconnect", () => process.exit());
