// How late 9,000 expiries are, all due at one instant or spread over a minute, while some 1,000 requests a second pass.
// As the devices see it: from the instant that it can be due at the earliest, the sending of their request and the time-out,
// to the answer or the end. The way through the proxy is in it, so that it says more than the timer's own lateness, never
// less. To make all due at one instant, idlewall's time-out is changed while they are parked, and runs anew from there;
// its peers can't be told.
import { figure } from "./support/figure.js";
import { tick } from "./support/programs.js";
import { startProxy } from "./support/proxies.js";
import { percentile } from "./support/rounds.js";
import { startDevices, startParkServer, startQuickServer } from "./support/servers.js";
import { small } from "./support/wrk.js";

const MANY = 9000;
const MINUTE_MS = 60_000;
const TRAFFIC = { connections: 10, pauseMs: 9 };
/** Longer than parking them spread over a minute takes. */
const IDLE_SECONDS = 70;
/** What it is changed to, for all to be due at one instant. */
const SHORT_SECONDS = 3;

await figure("timers", { programs: ["haproxy", "nginx", "wrk"] }, async ({ stage, quick, interleaved }) => {
  const count = quick ? 1000 : MANY;
  const parkedBy = async (name, { idleSeconds, everyMs }, use) => {
    const park = await startParkServer();
    const server = await startQuickServer({ stage, parkPort: park.port });
    const proxy = await startProxy(name, { stage, targetPort: server.port, idleSeconds });
    const devices = startDevices();
    try {
      await devices.ask({ ask: "park", port: proxy.port, count, everyMs });
      while ((await park.program.ask({ ask: "count" })).count < count) await tick(50);
      return await use({ proxy, devices });
    } finally {
      await Promise.all([devices.stop(), proxy.stop(), server.stop(), park.stop()]);
    }
  };
  const lateness = async (devices, traffic, dueAt) => {
    const { ends } = await devices.ask({ ask: "ends" });
    const { perSecond, p99: trafficP99Us } = await traffic;
    const late = ends.map((end) => end.endedAt - dueAt(end));
    const [earliest, latest] = [Math.min(...late), Math.max(...late)];
    return { earliest, p50: percentile(late, 0.5), p99: percentile(late, 0.99), latest, perSecond, trafficP99Us };
  };
  const spread = await interleaved(["haproxy", "idlewall"], (name) =>
    parkedBy(name, { idleSeconds: IDLE_SECONDS, everyMs: MINUTE_MS / count }, async ({ proxy, devices }) => {
      const traffic = small({ stage, port: proxy.port, seconds: IDLE_SECONDS, ...TRAFFIC });
      const late = await lateness(devices, traffic, ({ sentAt }) => sentAt + 1000 * IDLE_SECONDS);
      return { due: "over a minute", ...late };
    }),
  );
  const together = await interleaved(["idlewall"], (name) =>
    parkedBy(name, { idleSeconds: 3600, everyMs: 0 }, async ({ proxy, devices }) => {
      const traffic = small({ stage, port: proxy.port, seconds: 8, ...TRAFFIC });
      await tick(4000);
      const dueAt = performance.timeOrigin + performance.now() + 1000 * SHORT_SECONDS;
      await shorten(proxy.adminPort);
      return { due: "at one instant", ...(await lateness(devices, traffic, () => dueAt)) };
    }),
  );
  return {
    rows: [...spread, ...together],
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

/** Has every flow forgotten that is silent for so long from now on. */
async function shorten(adminPort) {
  const url = `http://127.0.0.1:${adminPort}/api/v1/listeners/https/conditions/firewall%2Fidle-timeout`;
  const response = await fetch(url, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ condition: { idleTimeout: `${SHORT_SECONDS}s` }, flows: "all" }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}
