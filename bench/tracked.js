// Resident memory, and how long a scrape takes, when 0, 10,000 and 100,000 devices are tracked, each of which has asked once.
import { figure } from "./support/figure.js";
import { tick } from "./support/programs.js";
import { startProxy } from "./support/proxies.js";
import { median } from "./support/rounds.js";
import { startDevices, startParkServer } from "./support/servers.js";

const STEPS = [0, 10_000, 100_000];
const SCRAPES = 15;
/** As Prometheus asks. */
const HEADERS = { accept: "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1" };

await figure("tracked", { programs: [], rounds: 3 }, async ({ stage, quick, interleaved }) => {
  const steps = quick ? STEPS.slice(0, 2) : STEPS;
  const rows = await interleaved(["idlewall"], async (name) => {
    const server = await startParkServer();
    const proxy = await startProxy(name, { stage, targetPort: server.port });
    const devices = startDevices();
    try {
      await server.program.ask({ ask: "at-once" });
      const row = {};
      let seen = 0;
      for (const count of steps) {
        await devices.ask({ ask: "visit", port: proxy.port, count: count - seen });
        seen = count;
        await tick(2000);
        row[`mib${count}`] = proxy.program.residentBytes() / 2 ** 20;
        Object.assign(row, await scraped(proxy.adminPort, count));
      }
      return row;
    } finally {
      await Promise.all([devices.stop(), proxy.stop(), server.stop()]);
    }
  });
  const columns = steps.flatMap((count) => [
    [`mib${count}`, `MiB at ${count.toLocaleString("en")}`],
    [`scrape${count}`, "scrape, ms"],
    [`slowest${count}`, "slowest, ms"],
  ]);
  return { rows, groups: [], fields: Object.fromEntries(columns) };
});

/** How long it takes from asking for the metrics to having the whole page, one scrape after the other. */
async function scraped(adminPort, count) {
  const times = [];
  for (let scrape = 0; scrape < SCRAPES; scrape += 1) {
    const begunAt = performance.now();
    const page = await (await fetch(`http://127.0.0.1:${adminPort}/metrics`, { headers: HEADERS })).text();
    times.push(performance.now() - begunAt);
    if (!page.endsWith("# EOF\n")) throw new Error(`the page is not whole: ${page.slice(-200)}`);
    const [, asked] = /^idlewall_exchanges_asked_total\{command="Ping"\} (\d+)/mu.exec(page) ?? [];
    if (Number(asked) !== count) throw new Error(`${asked} requests were counted, not ${count}`);
  }
  return { [`scrape${count}`]: median(times), [`slowest${count}`]: Math.max(...times) };
}
