// Reads a log once, by lines alone or for all that `size --from-log` takes from it; prints what that took as JSON.
import { statSync } from "node:fs";
import { readLogs } from "../../dist/cli/read-logs.js";
import { readLines } from "../../dist/live/read-lines.js";

const [file, way] = process.argv.slice(2);
const nobody = { line: () => undefined, tooLong: () => undefined };
const begunAt = performance.now();
const cpuAt = process.cpuUsage();
if (way === "lines alone") await readLines(file, process.stdin, nobody);
else await readLogs([file], () => undefined);
const seconds = (performance.now() - begunAt) / 1000;
const { user, system } = process.cpuUsage(cpuAt);
const megabytes = statSync(file).size / 1e6;
console.log(
  JSON.stringify({
    perSecond: megabytes / seconds,
    perCpuSecond: megabytes / ((user + system) / 1e6),
    peakMiB: process.resourceUsage().maxRSS / 1024,
  }),
);
