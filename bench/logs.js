// How fast `--from-log` reads a log of IIS of 1 GB (or --megabytes N), and in how much memory. The peer reads lines alone. The
// log lies beside the system's other temporary files meanwhile.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { figure } from "./support/figure.js";
import { writeLog } from "./support/iis-log.js";

const PROGRAM = fileURLToPath(new URL("support/log-program.js", import.meta.url));
const given = process.argv.indexOf("--megabytes");
const megabytes = given === -1 ? 1000 : Number(process.argv[given + 1]);

await figure("logs", { programs: [], rounds: 3 }, async ({ interleaved }) => {
  const folder = mkdtempSync(path.join(tmpdir(), "idlewall-logs-"));
  try {
    const file = path.join(folder, "u_ex261126.log");
    writeLog(file, megabytes);
    const rows = await interleaved(["lines alone", "size --from-log"], (way) => read(file, way));
    const fields = { perSecond: "MB/s", perCpuSecond: "MB/CPU s", peakMiB: "peak MiB" };
    return { rows, groups: [], subject: "way", peer: "lines alone", fields };
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** In a process of its own, so that its peak is that of reading. */
function read(file, way) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, file, way], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}
