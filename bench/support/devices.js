// A proxy with a server that parks and devices that ask, for the figures of parked requests.
import { tick } from "./programs.js";
import { startProxy } from "./proxies.js";
import { startDevices, startParkServer } from "./servers.js";

/** What a proxy makes once, at its first connections, is not memory of a connection: so many come and go first. */
const WARMING = 20;

/**
 * Gives `measure` a proxy, its server, its devices and what is resident before any of them; ends all whatever happens.
 * `park` has so many devices ask, and waits until the server holds as many requests.
 */
export async function withDevices(name, { stage, ...more }, measure) {
  const server = await startParkServer();
  const proxy = await startProxy(name, { stage, targetPort: server.port, ...more });
  const devices = startDevices();
  const park = async (count, asking = {}) => {
    await devices.ask({ ask: "park", port: proxy.port, count, ...asking });
    while ((await server.program.ask({ ask: "count" })).count < count) await tick(50);
  };
  try {
    await park(WARMING);
    await answerAndClose({ server, devices });
    return await measure({ server, proxy, devices, park, base: proxy.program.residentBytes() });
  } finally {
    await Promise.all([devices.stop(), proxy.stop(), server.stop()]);
  }
}

/** All parked requests are answered, and all devices go. */
export async function answerAndClose({ server, devices }) {
  await server.program.ask({ ask: "answer" });
  await devices.ask({ ask: "answered" });
  await devices.ask({ ask: "close" });
}
