// Takes the figures beside this file, each in a process of its own: those named, or all.
//   npm run bench -- requests handshakes      these two
//   npm run bench -- memory --rounds 2        flags are passed on; support/figure.js says which there are
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const figures = readdirSync(here)
  .filter((name) => name.endsWith(".js") && !["run.js", "guard.js", "tables.js"].includes(name))
  .map((name) => name.slice(0, -".js".length));
const args = process.argv.slice(2);
const named = args.filter((arg) => figures.includes(arg));
const flags = args.filter((arg) => !figures.includes(arg));
const failed = (named.length === 0 ? figures : named).filter(
  (name) => spawnSync(process.execPath, [`${here}${name}.js`, ...flags], { stdio: "inherit" }).status !== 0,
);
process.exitCode = failed.length === 0 ? 0 : 1;
