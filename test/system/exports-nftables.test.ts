import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ExportEnds, ExportedHop } from "../../src/report/exports/subject.ts";
import { type ExportFolder, content, exportFolder, exportTo } from "../support/exports.ts";

const PORT = 443;
const SERVER = "10.99.2.2";
/** Of the emulated firewall; conntrack counts in whole seconds. */
const IDLE_SECONDS = 2;

/** Namespaces of this run: the device, the router with the export, the server. */
const [DEVICE, ROUTER, SERVER_SIDE] = ["d", "r", "s"].map((end) => `idlewall-${process.pid}-${end}`);
const ENDS: ExportEnds = {
  listen: { host: undefined, port: PORT },
  target: { host: SERVER, port: PORT, secure: true },
  certificate: "",
  key: "",
};

/** Answers every word with itself. */
const ECHO = `require("node:net").createServer((socket) => socket.on("error", () => undefined).pipe(socket))
  .listen(${PORT}, "${SERVER}", () => console.log("listening"));`;

/**
 * Says one word, is silent for half the time-out, says another, is silent for longer than it, says a third; then opens
 * a second flow, so that an answer to the third would have come by its own answer.
 */
const SPEAKER = `const { connect } = require("node:net");
  const flow = (name) => connect(${PORT}, "${SERVER}").setNoDelay()
    .on("data", (data) => console.log(name + " " + data)).on("error", (error) => console.log(name + " " + error.code));
  const first = flow("first");
  first.write("one");
  first.once("data", () => setTimeout(() => {
    first.write("two");
    first.once("data", () => setTimeout(() => {
      first.write("three");
      flow("second").on("data", () => process.exit()).write("four");
    }, ${IDLE_SECONDS * 1000 + 1000}));
  }, ${IDLE_SECONDS * 500}));`;

let made: ExportFolder;
let server: ChildProcess | undefined;

beforeAll(async () => {
  made = await exportFolder();
  for (const name of [DEVICE, ROUTER, SERVER_SIDE]) await content("ip", "netns", "add", String(name));
  await joinEnds(DEVICE, "10.99.1");
  await joinEnds(SERVER_SIDE, "10.99.2");
  await inside(ROUTER, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward");
  server = nodeInside(SERVER_SIDE, ECHO);
  if (server.stdout !== null) await once(server.stdout, "data");
});
afterAll(async () => {
  if (server !== undefined) {
    const exited = once(server, "exit");
    server.kill();
    await exited;
  }
  for (const name of [DEVICE, ROUTER, SERVER_SIDE]) await content("ip", "netns", "delete", String(name));
  rmSync(made.folder, { recursive: true });
});

/** A wire from the router (.1) to an end (.2), which sends everything along it. */
async function joinEnds(end: string | undefined, network: string): Promise<void> {
  const [name, router, wire] = [String(end), String(ROUTER), `to-${network.at(-1)}`];
  await content("ip", "link", "add", "wire", "netns", name, "type", "veth", "peer", "name", wire, "netns", router);
  await content("ip", "-n", name, "address", "add", `${network}.2/24`, "dev", "wire");
  await content("ip", "-n", router, "address", "add", `${network}.1/24`, "dev", wire);
  await content("ip", "-n", name, "link", "set", "wire", "up");
  await content("ip", "-n", router, "link", "set", wire, "up");
  await content("ip", "-n", name, "route", "add", "default", "via", `${network}.1`);
}

function inside(name: string | undefined, ...command: readonly string[]): Promise<string> {
  return content("ip", "netns", "exec", String(name), ...command);
}

function nodeInside(name: string | undefined, script: string): ChildProcess {
  const args = ["netns", "exec", String(name), process.execPath, "-e", script];
  return spawn("ip", args, { stdio: ["ignore", "pipe", "inherit"] });
}

async function heard(): Promise<readonly string[]> {
  const device = nodeInside(DEVICE, SPEAKER);
  const lines: string[] = [];
  if (device.stdout !== null) createInterface(device.stdout).on("line", (line) => lines.push(line));
  await once(device, "close");
  return lines;
}

const HELD = ["first one", "first two"];

test.each([
  ["drop", [...HELD, "second four"]],
  ["reset-on-next", [...HELD, "first ECONNRESET", "second four"]],
] as const)("behind a Linux router with the export, %s is what a device sees of its silence", async (ending, seen) => {
  const hop: ExportedHop = {
    profile: "scaled",
    source: "this test",
    hop: ending,
    kind: "nat",
    idleTimeoutMs: IDLE_SECONDS * 1000,
    atExpiry: { toDevice: ending, toServer: ending },
    refreshedBy: "either",
  };
  await inside(ROUTER, "nft", "-f", exportTo(made, "nftables", hop, ENDS));
  expect(await heard()).toEqual(seen);
});
