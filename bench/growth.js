// From 1,000 to 9,800 parked requests in one process, and twice 9,800 in two: memory of each and CPU of parking it.
import { figure } from "./support/figure.js";
import { tick } from "./support/programs.js";
import { startProxy } from "./support/proxies.js";
import { startDevices, startParkServer } from "./support/servers.js";

const STEPS = [1000, 2500, 5000, 7500, 9800];

await figure("growth", { programs: ["haproxy"], rounds: 3 }, async ({ stage, quick, interleaved }) => {
  const steps = quick ? STEPS.slice(0, 2) : STEPS;
  const measured = await interleaved(["haproxy", "idlewall"], async (name) => {
    // One after the other, each with devices and a server of its own: what is measured is the two at once.
    const processes = [];
    try {
      for (const which of [0, 1]) processes.push(await grown(name, stage, which === 0 ? steps : steps.slice(-1)));
      const [first, second] = processes;
      return { ...first.row, parkedTwice: (first.perRequest() + second.perRequest()) / 2 };
    } finally {
      await Promise.all(processes.map((each) => each.stop()));
    }
  });
  const columns = steps.flatMap((count) => [
    [`kib${count}`, `KiB at ${count.toLocaleString("en")}`],
    [`cpu${count}`, "CPU ms each"],
  ]);
  return {
    rows: measured,
    groups: [],
    fields: { ...Object.fromEntries(columns), parkedTwice: "KiB, two processes" },
  };
});

/** A proxy that parks as many as each step says, and stays so. */
async function grown(name, stage, steps) {
  const server = await startParkServer();
  const proxy = await startProxy(name, { stage, targetPort: server.port });
  const devices = startDevices();
  const stop = () => Promise.all([devices.stop(), proxy.stop(), server.stop()]);
  try {
    const row = {};
    const base = proxy.program.residentBytes();
    let parked = 0;
    for (const count of steps) {
      const cpu = proxy.program.cpuSeconds();
      await devices.ask({ ask: "park", port: proxy.port, count: count - parked });
      while ((await server.program.ask({ ask: "count" })).count < count) await tick(50);
      row[`kib${count}`] = (proxy.program.residentBytes() - base) / count / 1024;
      row[`cpu${count}`] = (1000 * (proxy.program.cpuSeconds() - cpu)) / (count - parked);
      parked = count;
    }
    return { row, perRequest: () => (proxy.program.residentBytes() - base) / parked / 1024, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
