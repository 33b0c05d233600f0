// CPU of the proxy per 10,000 small requests, requests a second, latency; alone, and while 8,000 requests are parked.
import { figure } from "./support/figure.js";
import { PROXIES, startProxy } from "./support/proxies.js";
import { startDevices, startParkServer, startQuickServer } from "./support/servers.js";
import { small } from "./support/wrk.js";

const PARKED = 8000;

await figure("requests", { programs: ["haproxy", "nginx", "wrk"] }, async ({ stage, quick, interleaved }) => {
  const seconds = quick ? 2 : 4;
  const rows = [];
  for (const parked of [0, PARKED]) {
    const measured = await interleaved(PROXIES, async (name) => {
      const park = await startParkServer();
      const server = await startQuickServer({ stage, parkPort: park.port });
      const proxy = await startProxy(name, { stage, targetPort: server.port });
      const devices = startDevices();
      try {
        if (parked > 0) await devices.ask({ ask: "park", port: proxy.port, count: parked });
        await small({ stage, port: proxy.port, connections: 64, seconds: 2 });
        const before = proxy.program.cpuSeconds();
        const many = await small({ stage, port: proxy.port, connections: 64, seconds });
        const cpu = proxy.program.cpuSeconds() - before;
        const single = await small({ stage, port: proxy.port, connections: 1, seconds: seconds / 2 });
        return {
          parked,
          cpuSecondsPer10k: (cpu / many.requests) * 10_000,
          perSecond: many.perSecond,
          p50Us: many.p50,
          p99Us: many.p99,
          singleP50Us: single.p50,
          singleP99Us: single.p99,
        };
      } finally {
        await Promise.all([devices.stop(), proxy.stop(), server.stop(), park.stop()]);
      }
    });
    rows.push(...measured);
  }
  return {
    rows,
    groups: ["parked"],
    fields: {
      cpuSecondsPer10k: "CPU s per 10,000",
      perSecond: "requests/s",
      p50Us: "p50 us",
      p99Us: "p99 us",
      singleP50Us: "one connection p50 us",
      singleP99Us: "one connection p99 us",
    },
  };
});
