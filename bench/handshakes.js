// CPU of the proxy per TLS handshake with its request, full and resumed, with P-256 and RSA-2048 keys, and how many a second.
import { figure } from "./support/figure.js";
import { PROXIES, startProxy } from "./support/proxies.js";
import { startHandshakes, startQuickServer } from "./support/servers.js";
import { makeStage } from "./support/stage.js";

/** A proxy runs for weeks: V8 has compiled what is used often by then, which takes it some thousand handshakes. */
const WARMING = 3000;

await figure("handshakes", { programs: ["haproxy", "nginx"] }, async ({ stage, quick, interleaved }) => {
  const count = quick ? 500 : 3000;
  const rsa = makeStage("rsa");
  const rows = [];
  try {
    for (const [key, place] of [
      ["P-256", stage],
      ["RSA-2048", rsa],
    ]) {
      for (const kind of ["full", "resumed"]) {
        const measured = await interleaved([...PROXIES, "haproxy, no reuse"], async (name) => {
          const server = await startQuickServer({ stage: place });
          const proxy = await startProxy(name, { stage: place, targetPort: server.port });
          const devices = startHandshakes();
          const shake = (times) => devices.ask({ port: proxy.port, count: times, resume: kind === "resumed" });
          try {
            await shake(WARMING);
            const before = proxy.program.cpuSeconds();
            const { seconds, resumed } = await shake(count);
            const cpu = proxy.program.cpuSeconds() - before;
            if (kind === "resumed" && resumed < count - 20)
              throw new Error(`${name} resumed but ${resumed} of ${count}`);
            return { key, kind, cpuMs: (1000 * cpu) / count, perSecond: count / seconds, perCpuSecond: count / cpu };
          } finally {
            await Promise.all([devices.stop(), proxy.stop(), server.stop()]);
          }
        });
        rows.push(...measured);
      }
    }
  } finally {
    rsa.remove();
  }
  return {
    rows,
    groups: ["key", "kind"],
    fields: { cpuMs: "CPU ms each", perCpuSecond: "a second of one core", perSecond: "a second as run" },
  };
});
