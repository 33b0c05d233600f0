// The storm: 9,000 devices come at once, as after a firewall's restart. How long until all are parked, at what CPU and memory.
import { figure } from "./support/figure.js";
import { PROXIES, startProxy } from "./support/proxies.js";
import { startDevices, startParkServer } from "./support/servers.js";

const MANY = 9000;

await figure("storm", { programs: ["haproxy", "nginx"] }, async ({ stage, quick, interleaved }) => {
  const count = quick ? 1000 : MANY;
  const rows = await interleaved(PROXIES, async (name) => {
    const server = await startParkServer();
    const proxy = await startProxy(name, { stage, targetPort: server.port });
    const devices = startDevices();
    try {
      const cpu = proxy.program.cpuSeconds();
      const { seconds, refused } = await devices.ask({ ask: "park", port: proxy.port, count, atOnce: 1000 });
      const used = proxy.program.cpuSeconds() - cpu;
      return { seconds, refused, cpuSeconds: used, residentMiB: proxy.program.peakBytes() / 2 ** 20 };
    } finally {
      await Promise.all([devices.stop(), proxy.stop(), server.stop()]);
    }
  });
  return {
    rows,
    groups: [],
    fields: {
      seconds: "s until all are parked",
      refused: "attempts that failed",
      cpuSeconds: "CPU s",
      residentMiB: "MiB resident at most",
    },
  };
});
