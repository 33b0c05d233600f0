// Resident memory per parked request: fresh, after an upload, at rest, and what is given back.
import { withDevices } from "./support/devices.js";
import { figure } from "./support/figure.js";
import { tick } from "./support/programs.js";
import { PROXIES } from "./support/proxies.js";

const MANY = 9800;
const SOME = 2000;
const UPLOAD_BYTES = 200_000;
const REST_SECONDS = 300;

await figure("memory", { programs: ["haproxy", "nginx"] }, async ({ stage, quick, interleaved }) => {
  const measured = await interleaved(PROXIES, async (name, round) => {
    const row = {};
    Object.assign(row, await fresh(name, stage, SOME));
    Object.assign(row, await fresh(name, stage, MANY, quick || round > 0 ? 0 : REST_SECONDS));
    Object.assign(row, await uploaded(name, stage));
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
