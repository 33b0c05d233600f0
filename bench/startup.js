// Start-up beside Node's own: `--version`, and `serve` until it listens. And what is installed.
import { execFileSync, spawnSync } from "node:child_process";
import { lstatSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { figure } from "./support/figure.js";
import { startProxy } from "./support/proxies.js";
import { startParkServer } from "./support/servers.js";

const HOME = fileURLToPath(new URL("..", import.meta.url));
const MAIN = path.join(HOME, "dist/cli/main.js");

await figure("startup", { programs: ["haproxy"], rounds: 15 }, async ({ stage, interleaved }) => {
  const server = await startParkServer();
  const rows = await interleaved(["node", "idlewall --version", "idlewall serve", "haproxy"], async (name) => {
    const begunAt = performance.now();
    if (name === "node") spawnSync(process.execPath, ["-e", "0"]);
    else if (name === "idlewall --version") spawnSync(process.execPath, [MAIN, "--version"]);
    else {
      const proxy = await startProxy(name.split(" ")[0], { stage, targetPort: server.port });
      const ms = performance.now() - begunAt;
      await proxy.stop();
      return { ms };
    }
    return { ms: performance.now() - begunAt };
  }).finally(() => server.stop());
  return { rows, groups: [], peer: "node", fields: { ms: "ms" }, installed: installed() };
});

/** Packages that a user of the package gets, and their size with our own. */
function installed() {
  const folders = execFileSync("npm", ["ls", "--omit=dev", "--all", "--parseable"], { cwd: HOME, encoding: "utf8" })
    .trim()
    .split("\n")
    .slice(1);
  const [{ unpackedSize }] = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: HOME,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  const dependencyBytes = folders.reduce((sum, folder) => sum + sizeOf(folder), 0);
  const told = { dependencies: folders.length, dependencyBytes, ownBytes: unpackedSize };
  console.log(`  installed ${JSON.stringify(told)}`);
  return told;
}

function sizeOf(place) {
  const entry = lstatSync(place);
  if (!entry.isDirectory()) return entry.size;
  return readdirSync(place)
    .filter((name) => name !== "node_modules")
    .reduce((sum, name) => sum + sizeOf(path.join(place, name)), 0);
}
