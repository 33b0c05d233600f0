// How late 9,000 expiries are, due at one instant or spread over a minute, while some 1,000 requests a second pass.
// As the devices see it: from their own last byte to the answer or the end, less the idle time-out. The way through the
// proxy and its work on the burst are in it, so that it says more than the timer's own lateness, never less.
import { figure } from "./support/figure.js";
import { startProxy } from "./support/proxies.js";
import { percentile } from "./support/rounds.js";
import { startDevices, startParkServer, startQuickServer } from "./support/servers.js";
import { small } from "./support/wrk.js";

const MANY = 9000;
const MINUTE_MS = 60_000;
const TRAFFIC = { connections: 10, pauseMs: 9 };

await figure("timers", { programs: ["haproxy", "nginx", "wrk"] }, async ({ stage, quick, interleaved }) => {
  const count = quick ? 1000 : MANY;
  const rows = [];
  for (const due of ["at one instant", "over a minute"]) {
    const spread = due === "over a minute";
    // Parked before the first of them is due.
    const idleSeconds = spread ? 70 : 20;
    const measured = await interleaved(["haproxy", "nginx", "idlewall"], async (name) => {
      const park = await startParkServer();
      const server = await startQuickServer({ stage, parkPort: park.port });
      const proxy = await startProxy(name, { stage, targetPort: server.port, idleSeconds });
      const devices = startDevices();
      try {
        const everyMs = spread ? MINUTE_MS / count : 0;
        await devices.ask({ ask: "park", port: proxy.port, count, everyMs, holdLast: !spread });
        const seconds = idleSeconds + (spread ? 0 : 3);
        const traffic = small({ stage, port: proxy.port, seconds, ...TRAFFIC });
        if (!spread) await devices.ask({ ask: "finish" });
        const { ends } = await devices.ask({ ask: "ends" });
        const { perSecond, p99 } = await traffic;
        const late = ends.map((end) => end - 1000 * idleSeconds);
        if (late.length !== count) throw new Error(`${name}: ${late.length} of ${count} have ended`);
        return {
          due,
          earliest: Math.min(...late),
          p50: percentile(late, 0.5),
          p99: percentile(late, 0.99),
          latest: Math.max(...late),
          perSecond,
          trafficP99Us: p99,
        };
      } finally {
        await Promise.all([devices.stop(), proxy.stop(), server.stop(), park.stop()]);
      }
    });
    rows.push(...measured);
  }
  return {
    rows,
    groups: ["due"],
    fields: {
      earliest: "earliest, ms",
      p50: "p50, ms",
      p99: "p99, ms",
      latest: "latest, ms",
      perSecond: "requests/s meanwhile",
      trafficP99Us: "their p99 us",
    },
  };
});
