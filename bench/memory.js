// Resident memory per parked request: fresh, after an upload, after cycles of closing and coming back, at rest, and what is given back.
import { figure } from "./support/figure.js";
import { tick } from "./support/programs.js";
import { PROXIES, startProxy } from "./support/proxies.js";
import { startDevices, startParkServer } from "./support/servers.js";

const MANY = 9800;
const SOME = 2000;
const UPLOAD_BYTES = 200_000;
const CYCLES = [15, 40];
const REST_SECONDS = 300;

await figure("memory", { programs: ["haproxy", "nginx"] }, async ({ stage, quick, interleaved }) => {
  const cycles = quick ? CYCLES.slice(0, 1) : CYCLES;
  const measured = await interleaved(PROXIES, async (name, round) => {
    const row = {};
    Object.assign(row, await fresh(name, stage, SOME));
    Object.assign(row, await fresh(name, stage, MANY, quick || round > 0 ? 0 : REST_SECONDS));
    Object.assign(row, await uploaded(name, stage));
    Object.assign(row, await cycled(name, stage, round === 0 ? cycles : cycles.slice(0, 1)));
    return row;
  });
  return {
    rows: measured,
    groups: [],
    fields: {
      [`kib${SOME}`]: "KiB at 2,000",
      [`kib${MANY}`]: "KiB at 9,800",
      [`rest${MANY}`]: "after five minutes at rest, first round",
      [`restCpu${MANY}`]: "CPU at rest, % of a core",
      [`given${MANY}`]: "given back, %",
      uploadedKib: "after 200 KB",
      ...Object.fromEntries(
        cycles.map((each) => [`cycled${each}`, each === 40 ? "after 40 cycles, first round" : `after ${each} cycles`]),
      ),
    },
  };
});

/** A proxy, its server and its devices, ended whatever happens. */
async function withDevices(name, stage, measure) {
  const server = await startParkServer();
  const proxy = await startProxy(name, { stage, targetPort: server.port });
  const devices = startDevices();
  try {
    const park = (count, more = {}) => devices.ask({ ask: "park", port: proxy.port, count, ...more });
    const held = async (count) => {
      while ((await server.program.ask({ ask: "count" })).count < count) await tick(50);
    };
    // What a proxy makes once, at its first connections, is not memory of a connection.
    await park(20);
    await held(20);
    await devices.ask({ ask: "close" });
    return await measure({ server, proxy, devices, park, held, base: proxy.program.residentBytes() });
  } finally {
    await Promise.all([devices.stop(), proxy.stop(), server.stop()]);
  }
}

function fresh(name, stage, count, restSeconds) {
  return withDevices(name, stage, async ({ proxy, devices, park, held, base }) => {
    await park(count);
    await held(count);
    const perConnection = () => (proxy.program.residentBytes() - base) / count / 1024;
    const kib = perConnection();
    if (restSeconds === undefined) return { [`kib${count}`]: kib };
    const cpu = proxy.program.cpuSeconds();
    await tick(restSeconds * 1000);
    const rest = perConnection();
    const restCpu = (100 * (proxy.program.cpuSeconds() - cpu)) / restSeconds;
    const peak = proxy.program.residentBytes();
    await devices.ask({ ask: "close" });
    await tick(5000);
    const given = (100 * (peak - proxy.program.residentBytes())) / (peak - base);
    return {
      [`kib${count}`]: kib,
      ...(restSeconds > 0 && { [`rest${count}`]: rest, [`restCpu${count}`]: restCpu }),
      [`given${count}`]: given,
    };
  });
}

function uploaded(name, stage) {
  return withDevices(name, stage, async ({ proxy, park, held, base }) => {
    await park(SOME, { uploadBytes: UPLOAD_BYTES });
    await held(SOME);
    return { uploadedKib: (proxy.program.residentBytes() - base) / SOME / 1024 };
  });
}

function cycled(name, stage, cycles) {
  return withDevices(name, stage, async ({ server, proxy, devices, park, held, base }) => {
    const row = {};
    for (let cycle = 0; cycle <= Math.max(...cycles); cycle += 1) {
      await park(SOME);
      await held(SOME);
      if (cycles.includes(cycle)) row[`cycled${cycle}`] = (proxy.program.residentBytes() - base) / SOME / 1024;
      await server.program.ask({ ask: "answer" });
      await devices.ask({ ask: "answered" });
      await devices.ask({ ask: "close" });
    }
    return row;
  });
}
