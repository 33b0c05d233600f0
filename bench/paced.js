// CPU of the proxy per 10,000 small requests at a rate that is the same for all: a proxy that can serve more a second finds
// its peers awake more often when each is given all it can take, and that saves CPU which is none of its own doing.
import { figure } from "./support/figure.js";
import { PROXIES, startProxy } from "./support/proxies.js";
import { startParkServer, startQuickServer } from "./support/servers.js";
import { small } from "./support/wrk.js";

const CONNECTIONS = 64;
/** How long each connection pauses before it asks again, by the requests a second that this comes to about. */
const PAUSES_MS = { "1,000": 64, "5,000": 12, "10,000": 6 };

await figure("paced", { programs: ["haproxy", "nginx", "wrk"] }, async ({ stage, quick, interleaved }) => {
  const seconds = quick ? 2 : 6;
  const rows = [];
  for (const [rate, pauseMs] of Object.entries(PAUSES_MS)) {
    const measured = await interleaved(PROXIES, async (name) => {
      const park = await startParkServer();
      const server = await startQuickServer({ stage, parkPort: park.port });
      const proxy = await startProxy(name, { stage, targetPort: server.port });
      const ask = (more) => small({ stage, port: proxy.port, connections: CONNECTIONS, ...more });
      try {
        await ask({ seconds: 2 });
        const before = proxy.program.cpuSeconds();
        const { requests, perSecond, p50, p99 } = await ask({ seconds, pauseMs });
        const cpu = proxy.program.cpuSeconds() - before;
        return { rate, cpuSecondsPer10k: (cpu / requests) * 10_000, perSecond, p50Us: p50, p99Us: p99 };
      } finally {
        await Promise.all([proxy.stop(), server.stop(), park.stop()]);
      }
    });
    rows.push(...measured);
  }
  return {
    rows,
    groups: ["rate"],
    fields: {
      cpuSecondsPer10k: "CPU s per 10,000",
      perSecond: "requests/s",
      p50Us: "p50 us",
      p99Us: "p99 us",
    },
  };
});
