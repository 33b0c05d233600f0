import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { request } from "node:https";
import { type Socket, connect, createServer } from "node:net";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { exportedHop } from "../../src/cli/commands/profiles/exported-hop.ts";
import { loadProfile } from "../../src/live/profile-files.ts";
import type { ExportEnds, ExportedHop } from "../../src/report/exports/subject.ts";
import { type ExportFolder, exportFolder, exportTo, freePort, portOf } from "../support/exports.ts";
import { testIdentity } from "../support/identity.ts";
import { eventually } from "../support/pass-eventually.ts";

/** In place of the profile's minutes; both programs count in finer steps. */
const SCALED_MS = 1500;
/** Their timers may fire this much early: nginx wakes by a cached clock. */
const EARLY_MS = 50;

let made: ExportFolder;
const running: ChildProcess[] = [];

beforeAll(async () => {
  made = await exportFolder();
});
afterEach(async () => {
  for (const child of running.splice(0)) {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
  }
});
afterAll(() => rmSync(made.folder, { recursive: true }));

/** A shipped profile's hop, its time-out scaled to a second and a half. */
function scaled(name: string): ExportedHop {
  return { ...exportedHop(loadProfile(name), undefined), idleTimeoutMs: SCALED_MS };
}

/** Runs the real program with the export, between a free port and the server's. */
async function start(format: "haproxy" | "nginx", hop: ExportedHop, serverPort: number): Promise<number> {
  const port = await freePort();
  const ends: ExportEnds = {
    listen: { host: "127.0.0.1", port },
    target: { host: "127.0.0.1", port: serverPort, secure: false },
    certificate: made.pem,
    key: made.pem,
  };
  const file = exportTo(made, format, hop, ends);
  const globals = `daemon off; pid ${path.join(made.folder, "nginx.pid")};`;
  const args =
    format === "haproxy" ? ["-db", "-f", file] : ["-p", made.folder, "-e", "stderr", "-g", globals, "-c", file];
  running.push(spawn(format, args, { stdio: "ignore" }));
  await listening(port);
  return port;
}

async function listening(port: number): Promise<void> {
  let connected = false;
  await eventually(() => {
    const socket = connect(port, "127.0.0.1", () => {
      connected = true;
      socket.destroy();
    }).on("error", () => undefined);
    expect(connected).toBe(true);
  });
}

/** Parks a request and tells what ended it, and after how long. */
async function park(port: number): Promise<{ readonly status: number | undefined; readonly ms: number }> {
  const { authority } = await testIdentity();
  const startedAt = performance.now();
  const asked = request({
    host: "127.0.0.1",
    port,
    method: "POST",
    path: "/Microsoft-Server-ActiveSync?Cmd=Ping",
    ca: authority.certificate.toString(),
  }).end("ping");
  const [response] = await once(asked, "response");
  response.resume();
  return { status: response.statusCode, ms: performance.now() - startedAt };
}

describe("a parked request ends with the profile's status, after its time-out,", () => {
  test.each([
    ["haproxy", "haproxy", 504],
    ["haproxy", "cloudflare", 524],
    ["haproxy", "iis-arr", 502],
    ["nginx", "nginx", 504],
    ["nginx", "cloudflare", 524],
    ["nginx", "iis-arr", 502],
  ] as const)("in %s with the export of %s: %d", async (format, name, expected) => {
    const server = createHttpServer((asked) => asked.resume()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = await start(format, scaled(name), portOf(server));
    const { status, ms } = await park(port);
    server.closeAllConnections();
    server.close();
    expect(status).toBe(expected);
    expect(ms).toBeGreaterThan(SCALED_MS - EARLY_MS);
  });
});

test("a silent flow is closed to both ends in haproxy with the export of kemp-loadmaster", async () => {
  const accepted: Socket[] = [];
  const server = createServer((socket) => {
    accepted.push(socket);
    socket.on("error", () => undefined).resume();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = await start("haproxy", scaled("kemp-loadmaster"), portOf(server));
  const startedAt = performance.now();
  const device = connect(port, "127.0.0.1").resume();
  await once(device, "connect");
  device.write("hello");
  await once(device, "end");
  expect(performance.now() - startedAt).toBeGreaterThan(SCALED_MS - EARLY_MS);
  await eventually(() => expect(accepted.at(-1)?.closed).toBe(true));
  server.close();
});
