import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { say } from "../support/said.ts";
import { COMMAND } from "./idlewall.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "idlewall-"));
afterAll(() => rmSync(cwd, { recursive: true }));

const SERVER = ["--server", "http://127.0.0.1:1"] as const;
const FREE_PORTS = ["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"] as const;

/** A command that goes on until it is stopped, with the lines it prints. */
interface Running {
  readonly child: ChildProcess;
  /** The next line of JSON that it prints. */
  next(): Promise<Readonly<Record<string, unknown>>>;
  /** Stops it with a signal, and tells its exit code. */
  stop(signal: "SIGINT" | "SIGTERM"): Promise<number | null>;
}

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

function run(args: readonly string[]): Running {
  const child = spawn(process.execPath, [COMMAND, ...args, "--json"], { cwd, stdio: ["ignore", "pipe", "ignore"] });
  running.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    next: async () => {
      const line: unknown = JSON.parse((await lines.next()).value ?? "null");
      return Object.fromEntries(Object.entries(new Object(line)));
    },
    stop: async (signal) => {
      const exit = once(child, "exit");
      child.kill(signal);
      await exit;
      return child.exitCode;
    },
  };
}

describe("device", () => {
  test.each([
    [[], /expected --server/u],
    [["--server", "mail"], /found the server "mail", expected a URL/u],
    [[...SERVER, "--count", "0"], /--count: found 0, expected a whole number from 1 to 10000/u],
    [[...SERVER, "--count", "1.5"], /--count: found 1\.5/u],
    [[...SERVER, "--device", "windows-mobil"], /did you mean windows-mobile\?/u],
    [
      [...SERVER, "--minimum", "20m", "--maximum", "10m"],
      /^idlewall: --minimum: found 1200 s, expected maximum, 600 s, at most$/mu,
    ],
    [[...SERVER, "--initial", "900"], /a number without a unit/u],
    [[...SERVER, "--duration", "0s"], /expected more than zero/u],
    [[...SERVER, "--time-scale", "0"], /--time-scale: found 0/u],
    [[...SERVER, "--seed", "-1"], /--seed: found -1/u],
    [[...SERVER, "--user", "a:b"], /found the user "a:b"/u],
    [[...SERVER, "--base64"], /windows-mobile speaks 12\.0; the base64 query exists from 12\.1 on/u],
    [[...SERVER, "--ca", "none.pem"], /none\.pem: there is no such file/u],
  ])("refuses %j", async (args, message) => {
    const { code, stdout, stderr } = await say(["device", ...args], { cwd });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });

  test("says by which seed devices that are spread start", async () => {
    const args = ["device", ...SERVER, "--duration", "1s", "--time-scale", "100", "--spread", "15m", "--seed", "5"];
    const { code, stderr } = await say(args, { cwd });
    expect([code, stderr]).toEqual([0, "idlewall: devices start within 15m, seed 5\n"]);
  });

  test("tells of a server that can't be reached, and ends well", async () => {
    const args = ["device", ...SERVER, "--duration", "60s", "--time-scale", "100", "--count", "2"];
    const { code, stdout, stderr } = await say(args, { cwd });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /^ 0:00:\d\d {2}device000[12] {2}OPTIONS: the connection was refused, after a pause of 15 s$/mu,
    );
  });
});

describe("client-access", () => {
  test.each([
    [["--http", "--pfx", "a.pfx"], /found --http beside a certificate/u],
    [["--http", "--listen", "nowhere"], /"nowhere"/u],
    [["--http", "--user", "jdoe"], /--user: found no NAME:PASSWORD in number 1/u],
    [["--http", "--user", "a:1", "--user", "A:2"], /--user: found "a" twice/u],
    [["--http", "--mail-at", "27"], /a number without a unit/u],
    [["--http", "--mail-rate", "40"], /--mail-rate: found "40", expected a number per minute, hour or day/u],
    [
      ["--http", "--min-heartbeat", "10m", "--max-heartbeat", "9m"],
      /--min-heartbeat: found 10m, expected --max-heartbeat, 9m, at most/u,
    ],
    [["--http", "--time-scale", "x"], /--time-scale: found "x", expected a number/u],
  ])("refuses %j", async (args, message) => {
    const { code, stdout, stderr } = await say(["client-access", ...args], { cwd });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });

  test("says where it listens, makes certificates of its own, and ends well at SIGTERM", async () => {
    const server = run(["client-access", ...FREE_PORTS]);
    expect(await server.next()).toEqual({
      kind: "listening",
      url: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/u),
      control: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/u),
      seed: 1,
    });
    expect(await server.stop("SIGTERM")).toBe(0);
  });
});

test("a device and a Client Access server of two processes negotiate, and both tell of it", async () => {
  const server = run(["client-access", ...FREE_PORTS, "--http", "--time-scale", "600", "--user", "user:secret"]);
  const { url, control } = await server.next();
  const options = ["--time-scale", "600", "--initial", "8m", "--password", "secret"];
  const device = run(["device", "--server", String(url), ...options]);
  expect(await device.next()).toMatchObject({
    kind: "exchange",
    device: "device0001",
    command: "Ping",
    heartbeatIntervalSeconds: 480,
    ending: "held",
    move: "raise",
    nextHeartbeatIntervalSeconds: 720,
    pauseSeconds: 0,
  });
  const served = await server.next();
  expect(served).toMatchObject({ kind: "answered", user: "user", device: "device0001", httpStatus: 200 });
  const delivered = await fetch(`${String(control)}/mailboxes/user/messages`, { method: "POST" });
  expect(delivered.status).toBe(201);
  let line = await device.next();
  while (line["ending"] === "held") line = await device.next();
  expect(line).toMatchObject({ kind: "exchange", ending: "changes", move: "repeat" });
  expect(await device.stop("SIGINT")).toBe(0);
  expect(await server.stop("SIGINT")).toBe(0);
});
