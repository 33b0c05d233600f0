// The storm: 9,000 devices come at once, as after a firewall's restart. How long until all are parked, at what CPU and
// memory, and how late meanwhile are the time-outs of those that were there before; see timers.js for what lateness is.
import { figure } from "./support/figure.js";
import { tick } from "./support/programs.js";
import { PROXIES, startProxy } from "./support/proxies.js";
import { percentile } from "./support/rounds.js";
import { startDevices, startParkServer } from "./support/servers.js";

const MANY = 9000;
const BEFORE = 600;
const BEFORE_EVERY_MS = 15;
const IDLE_SECONDS = 20;
/** From the first one before to the storm, so that time-outs fall due all the while. */
const STORM_AFTER_MS = 1000 * (IDLE_SECONDS - 1);
/** What knows no idle time-out. */
const TIMELESS = "http-proxy";

await figure("storm", { programs: ["haproxy", "nginx"] }, async ({ stage, quick, interleaved }) => {
  const count = quick ? 1000 : MANY;
  const rows = await interleaved(PROXIES, async (name) => {
    const server = await startParkServer();
    const proxy = await startProxy(name, { stage, targetPort: server.port, idleSeconds: IDLE_SECONDS });
    const [before, devices] = [startDevices(), startDevices()];
    try {
      const stormAt = performance.now() + STORM_AFTER_MS;
      await before.ask({ ask: "park", port: proxy.port, count: BEFORE, everyMs: BEFORE_EVERY_MS });
      await tick(stormAt - performance.now());
      const cpu = proxy.program.cpuSeconds();
      const { seconds, refused } = await devices.ask({ ask: "park", port: proxy.port, count, atOnce: 1000 });
      const used = proxy.program.cpuSeconds() - cpu;
      const storm = { seconds, refused, cpuSeconds: used, residentMiB: proxy.program.peakBytes() / 2 ** 20 };
      return name === TIMELESS ? storm : { ...storm, ...(await lateness(before)) };
    } finally {
      await Promise.all([before.stop(), devices.stop(), proxy.stop(), server.stop()]);
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
      lateP50: "time-outs late meanwhile, p50 ms",
      lateP99: "p99 ms",
      latest: "latest, ms",
    },
  };
});

async function lateness(devices) {
  const { ends } = await devices.ask({ ask: "ends" });
  const late = ends.map(({ sentAt, endedAt }) => endedAt - sentAt - 1000 * IDLE_SECONDS);
  return { lateP50: percentile(late, 0.5), lateP99: percentile(late, 0.99), latest: Math.max(...late) };
}
