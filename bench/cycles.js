// Resident memory per parked request after cycles in which all connections are answered, closed, and made anew by the same devices.
import { answerAndClose, withDevices } from "./support/devices.js";
import { figure } from "./support/figure.js";
import { PROXIES } from "./support/proxies.js";

const COUNT = 2000;
const CYCLES = [0, 15, 40];
const TITLES = { 0: "KiB fresh", 15: "after 15 cycles", 40: "after 40 cycles, first round" };

await figure("cycles", { programs: ["haproxy", "nginx"] }, async ({ stage, quick, interleaved }) => {
  const cycles = quick ? CYCLES.slice(0, 2) : CYCLES;
  const rows = await interleaved(PROXIES, (name, round) =>
    withDevices(name, { stage }, async ({ server, proxy, devices, park, base }) => {
      const row = {};
      const last = Math.max(...(round === 0 ? cycles : cycles.slice(0, 2)));
      for (let cycle = 0; cycle <= last; cycle += 1) {
        await park(COUNT);
        if (cycles.includes(cycle)) row[`kib${cycle}`] = (proxy.program.residentBytes() - base) / COUNT / 1024;
        await answerAndClose({ server, devices });
      }
      return row;
    }),
  );
  return {
    rows,
    groups: [],
    fields: Object.fromEntries(cycles.map((cycle) => [`kib${cycle}`, TITLES[cycle]])),
  };
});
