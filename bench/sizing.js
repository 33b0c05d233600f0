// Device-days that one core sizes a second, and memory, at 10, 1,000 and 100,000 devices of each model, for a week with 40
// mails a day behind a carrier of 13 minutes and a firewall of 30. The peer is what has the machines go through all of it.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { DEVICE_MODELS } from "../dist/index.js";
import { figure } from "./support/figure.js";

const PROGRAM = fileURLToPath(new URL("support/size-program.js", import.meta.url));
const COUNTS = [10, 1000, 100_000];
/** The machines take some hundred times longer. */
const MOST_PLAIN = 10;

await figure("sizing", { programs: [], rounds: 3 }, async ({ quick, interleaved }) => {
  const rows = [];
  for (const { name: model } of DEVICE_MODELS) {
    for (const devices of quick ? COUNTS.slice(0, 2) : COUNTS) {
      const ways = devices > MOST_PLAIN ? ["remembered"] : ["machines", "remembered"];
      const measured = await interleaved(ways, (way) => ({ model, devices, ...sized(model, devices, way) }));
      rows.push(...measured);
    }
  }
  return {
    rows,
    groups: ["model", "devices"],
    subject: "way",
    peer: "machines",
    fields: { perSecond: "device-days/CPU s", peakMiB: "peak MiB" },
  };
});

/** In a process of its own, so that its memory is its own. */
function sized(model, devices, way) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, model, devices, way], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
