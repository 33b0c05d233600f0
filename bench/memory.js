// Resident memory per parked request: fresh, after an upload, after cycles of closing and coming back, at rest, and what is given back.
import { answerAndClose, withDevices } from "./support/devices.js";
import { figure } from "./support/figure.js";
import { tick } from "./support/programs.js";
import { PROXIES } from "./support/proxies.js";

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

function fresh(name, stage, count, restSeconds) {
  return withDevices(name, { stage }, async ({ proxy, devices, park, base }) => {
    await park(count);
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
  return withDevices(name, { stage }, async ({ proxy, park, base }) => {
    await park(SOME, { uploadBytes: UPLOAD_BYTES });
    return { uploadedKib: (proxy.program.residentBytes() - base) / SOME / 1024 };
  });
}

function cycled(name, stage, cycles) {
  return withDevices(name, { stage }, async ({ server, proxy, devices, park, base }) => {
    const row = {};
    for (let cycle = 0; cycle <= Math.max(...cycles); cycle += 1) {
      await park(SOME);
      if (cycles.includes(cycle)) row[`cycled${cycle}`] = (proxy.program.residentBytes() - base) / SOME / 1024;
      await answerAndClose({ server, devices });
    }
    return row;
  });
}
