// Runs each measurement beside this file, in a process of its own, and prints what it found.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const measurements = readdirSync(here).filter((name) => name.endsWith(".js") && name !== "run.js");
const failed = measurements.filter(
  (name) => spawnSync(process.execPath, [`${here}${name}`], { stdio: "inherit" }).status !== 0,
);
process.exitCode = failed.length === 0 ? 0 : 1;
