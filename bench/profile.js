// Profiles of idlewall, as the pictures of docs/performance.md: CPU under small requests, and the heap of parked requests.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withDevices } from "./support/devices.js";
import { figure } from "./support/figure.js";
import { growth, heapByKind } from "./support/heap.js";
import { flameGraph, heapBars } from "./support/pictures.js";
import { tick } from "./support/programs.js";
import { startProxy } from "./support/proxies.js";
import { startParkServer, startQuickServer } from "./support/servers.js";
import { small } from "./support/wrk.js";

const PICTURES = fileURLToPath(new URL("../docs/images/", import.meta.url));
const PARKED = 2000;
/** In which the program starts and its code gets warm. */
const STARTING_SECONDS = 4;

await figure("profile", { programs: ["wrk"], rounds: 1 }, async ({ stage }) => {
  mkdirSync(PICTURES, { recursive: true });
  writeFileSync(`${PICTURES}cpu.svg`, flameGraph(await cpuProfile(stage), "CPU of small requests", STARTING_SECONDS));
  const rows = await heapRows(stage);
  const bytes = Math.round(rows.reduce((sum, { bytesEach }) => sum + bytesEach, 0));
  writeFileSync(`${PICTURES}heap.svg`, heapBars(rows, `V8's heap: bytes of a parked request, ${bytes} in all`));
  return { rows: [{ round: 0, name: "idlewall", bytes }], groups: [], fields: { bytes: "bytes of V8's heap" } };
});

async function cpuProfile(stage) {
  const park = await startParkServer();
  const server = await startQuickServer({ stage, parkPort: park.port });
  const nodeFlags = ["--cpu-prof", "--cpu-prof-interval=500", `--cpu-prof-dir=${stage.folder}`];
  const proxy = await startProxy("idlewall", { stage, targetPort: server.port, nodeFlags });
  try {
    await small({ stage, port: proxy.port, connections: 64, seconds: 8 });
    process.kill(proxy.program.pid, "SIGTERM");
    await proxy.program.exited;
  } finally {
    await Promise.all([proxy.stop(), server.stop(), park.stop()]);
  }
  return JSON.parse(readFileSync(stage.at(filesOf(stage, ".cpuprofile")[0]), "utf8"));
}

function heapRows(stage) {
  const nodeFlags = ["--heapsnapshot-signal=SIGUSR2", `--diagnostic-dir=${stage.folder}`];
  return withDevices("idlewall", { stage, nodeFlags }, async ({ proxy, park }) => {
    const before = heapByKind(await snapshot(stage, proxy));
    await park(PARKED);
    return growth(before, heapByKind(await snapshot(stage, proxy)), PARKED);
  });
}

/** Has the proxy write its heap, and waits until the file grows no more. */
async function snapshot(stage, proxy) {
  const known = filesOf(stage, ".heapsnapshot").length;
  process.kill(proxy.program.pid, "SIGUSR2");
  while (filesOf(stage, ".heapsnapshot").length === known) await tick(100);
  const file = stage.at(filesOf(stage, ".heapsnapshot").at(-1));
  for (let size = -1; ;) {
    await tick(1500);
    const now = statSync(file).size;
    if (now === size && now > 0) return file;
    size = now;
  }
}

function filesOf({ folder }, ending) {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .toSorted();
}
