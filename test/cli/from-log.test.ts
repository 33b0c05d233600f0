import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { readLogs } from "../../src/cli/read-logs.ts";
import { say } from "../support/said.ts";
import { idlewall } from "./idlewall.ts";

const SMALL = { IDLEWALL_THREADS: "1", IDLEWALL_DAYS: "1", IDLEWALL_REPEATS: "1" };
const folder = mkdtempSync(path.join(tmpdir(), "idlewall-from-log-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const at = path.join(folder, name);
  writeFileSync(at, content);
  return at;
}

const DEVICE = "User=anna&DeviceId=ABC123&DeviceType=PocketPC&Cmd=Ping";
const IIS = [
  "#Fields: date time cs-uri-stem cs-uri-query sc-status time-taken",
  `2026-11-23 00:00:00 /Microsoft-Server-ActiveSync/default.eas ${DEVICE}&Log=V120_Hb900_S2 200 300000`,
  `2026-11-24 00:00:00 /Microsoft-Server-ActiveSync/default.eas ${DEVICE}&Log=V120_Hb480 200 480013`,
  "2026-11-24 00:00:01 /Microsoft-Ser",
  "",
].join("\r\n");
const OWN = `${JSON.stringify({
  time: "2026-11-23T12:00:00.000Z",
  device: "5f2a90c17be4",
  deviceType: "iPhone",
  command: "Ping",
  heartbeatIntervalSeconds: 600,
  outcome: "held",
})}\n`.repeat(3);

test("size counts with the devices and the mail of several logs, and tells what it read on standard error", async () => {
  const [iis, own] = [file("u_ex.log.gz", gzipSync(IIS)), file("own.log", OWN)];
  const args = ["size", "--firewall", "15m,30m", "--from-log", iis, "--from-log", own, "--json"];
  const { code, stdout, stderr } = await say(args, { env: SMALL });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).settings).toMatchObject({
    deviceCount: 2,
    devices: [
      { model: "windows-mobile", share: 0.5 },
      { model: "fixed", share: 0.5, initialSeconds: 600, maximumSeconds: 600 },
    ],
    logs: [iis, own],
  });
  expect(stderr.split("\n").map((line) => line.replace("idlewall: ", ""))).toEqual([
    `${iis}: 4 lines, 2 requests of ActiveSync, 1 broken lines`,
    `  ${iis}:4: found 3 fields, expected 6 as #Fields names them`,
    `${own}: 3 lines, 3 requests of ActiveSync, 0 broken lines`,
    "2 devices that wait, 5 Pings and 0 waiting Syncs from 2026-11-23T00:00:00Z to 2026-11-24T00:00:00Z",
    "1 as windows-mobile: PocketPC that waits with Ping (1)",
    "1 as fixed at 600 s: iPhone that asks one interval (1)",
    "asked: 480 s (1), 600 s (3), 900 s (1)",
    "longest that held: 480 s (1), 600 s (1)",
    "ended: 4 held, 1 changes",
    expect.stringMatching(/^mail: [\d.]+ a day and device, by changes \(1\)$/u),
    "not known: how many messages came for 1 devices: a Ping answered with changes counts as one",
    "not known: when in the day mail came: there is too little of it",
    "not known: what happens in 22 of the day's hours: the logs leave them out",
    "",
  ]);
});

test("where the log tells of no model, the option counts, and the others are split as those that are known", async () => {
  const strange = OWN.replaceAll("5f2a90c17be4", "aaaa").replaceAll('"iPhone"', '"Android"').split("\n")[0] ?? "";
  const alone = await say(["size", "--firewall", "30m", "--from-log", file("strange-one.log", `${strange}\n`)], {
    env: SMALL,
  });
  expect(alone.stderr).toContain("models: not known; --device counts");
  const both = await say(["size", "--firewall", "30m", "--from-log", file("both.log", `${OWN}${strange}\n`)], {
    env: SMALL,
  });
  expect(both.stderr).toContain("1 not known, split as those are");
  const quiet = ["size", "--firewall", "30m", "--log-level", "silent", "--from-log", file("quiet.log", OWN)];
  expect((await say(quiet, { env: SMALL })).stderr).toBe("");
});

test("where the log tells of no mail, the options count", async () => {
  const { stdout, stderr } = await say(
    ["size", "--firewall", "30m", "--mail-rate", "7/day", "--from-log", file("held.log", OWN), "--json"],
    { env: SMALL },
  );
  expect(stderr).toContain("mail: not known; --mail-rate counts");
  expect(JSON.parse(stdout).settings.mail.perDay).toBeCloseTo(7, 9);
});

test("what is said beside a log wins over it, and bounds want the model that they are of", async () => {
  const log = ["--from-log", file("beside.log", OWN)];
  const said = ["--firewall", "30m", "--device", "android-2013", "--maximum", "20m", "--devices", "3"];
  const { stdout } = await say(["size", ...said, ...log, "--json"], { env: SMALL });
  const [device] = JSON.parse(stdout).settings.devices;
  expect(device).toMatchObject({ model: "android-2013", share: 1, maximumSeconds: 1200 });
  expect(JSON.parse(stdout).settings.deviceCount).toBe(3);
  const { code, stderr } = await say(["size", "--firewall", "30m", "--maximum", "20m", ...log], { env: SMALL });
  expect([code, stderr]).toEqual([2, expect.stringContaining('--maximum: found "20m", expected --device beside it')]);
});

test("a log of another kind is refused, with what was found in it", async () => {
  const strange = file("strange.log", "[09:13:00] INFO: Ping expired exchange=17\n\u0000\u0001\u0002\n");
  const { code, stderr } = await say(["size", "--from-log", strange], { env: SMALL });
  expect(code).toBe(2);
  expect(stderr).toContain(`--from-log: found no Ping and no waiting Sync in ${strange} (2 lines, 2 of them broken)`);
  expect(stderr).toContain(`${strange}:1: no #Fields line stands before it`);
  expect(stderr).toContain("expected IIS's W3C format with cs-uri-stem and cs-uri-query, or idlewall's log in JSON");
});

test("a log of requests that were all handed on says whose log is wanted", async () => {
  const front = file("front.log", IIS.replaceAll(/V120_[^ ]*/gu, "PrxTo:cas2"));
  const { code, stderr } = await say(["size", "--from-log", front], { env: SMALL });
  expect(code).toBe(2);
  expect(stderr).toContain("expected the log of the server that 2 requests were handed on to");
});

test("a log that can't be had is told, whatever keeps it away", async () => {
  const loop = path.join(folder, "loop.log");
  symlinkSync(loop, loop);
  for (const log of [loop, path.join(folder, "l".repeat(300)), path.join(folder, "nowhere", "own.log")]) {
    const { code, stderr } = await say(["size", "--from-log", log], { env: SMALL });
    expect([code, stderr]).toEqual([2, expect.stringContaining(log)]);
    expect(stderr).not.toMatch(/fault of idlewall/u);
  }
});

test("a log that is given twice is refused, by whatever name", async () => {
  const own = file("twice.log", OWN);
  const link = path.join(folder, "link.log");
  linkSync(own, link);
  const { code, stderr } = await say(["size", "--from-log", own, "--from-log", link], { env: SMALL });
  const found = `--from-log: found ${JSON.stringify(own)} and ${JSON.stringify(link)}, which are one`;
  expect([code, stderr]).toEqual([2, `idlewall: ${found}, expected each log once\n`]);
  expect((await say(["size", "--from-log", "-", "--from-log", "-"], { env: SMALL })).code).toBe(2);
});

test("a copy of a log is told, and one that differs is not", async () => {
  const told: string[] = [];
  const logs = [
    file("first.log", OWN),
    file("copy.log.gz", gzipSync(`#Software: any\n${OWN}`)),
    file("other.log", OWN.replaceAll("600", "480")),
    file("headers.log", "#Fields: date\n\n"),
    file("more-headers.log", "#Fields: date\n\n"),
  ];
  await readLogs(logs, (text) => told.push(text));
  const [first, copy] = logs;
  expect(told).toEqual([
    `${copy} begins with the same requests as ${first}: if they are one log, all in it counts twice`,
  ]);
});

test("a log of UTF-16 is refused by that name", async () => {
  const wide = file("wide.log", Buffer.from(`\uFEFF${IIS}`, "utf16le"));
  const { code, stderr } = await say(["size", "--from-log", wide], { env: SMALL });
  expect([code, stderr]).toEqual([2, expect.stringContaining(`${wide}: found UTF-16 (little endian), expected UTF-8`)]);
});

test("what could move the cursor in the name of a log is escaped", async () => {
  const strange = file("a\u001B[2Jb\n.log", "no log\n");
  const { stderr } = await say(["size", "--from-log", strange, "--from-log", file("c.log", OWN), "--firewall", "30m"], {
    env: SMALL,
  });
  expect(stderr).toContain("a\\u{1b}[2Jb\\u{a}.log: 1 lines");
  const missing = await say(["size", "--from-log", path.join(folder, "\u001B[2J")], { env: SMALL });
  expect(missing.stderr).toContain("/\\u{1b}[2J: there is no such file");
});

test("a log that is missing is refused", async () => {
  const { code, stderr } = await say(["size", "--from-log", path.join(folder, "missing")], { env: SMALL });
  expect([code, stderr]).toEqual([2, expect.stringContaining("there is no such file")]);
});

test("a dash alone is standard input, wherever it stands", async () => {
  for (const args of [
    ["--from-log", "-", "--firewall", "30m"],
    ["--firewall", "30m", "--from-log", "-"],
  ]) {
    const { code, stdout, stderr } = await idlewall(["size", "--days", "1", "--json", ...args], { input: OWN });
    expect([code, stderr]).toEqual([0, expect.stringContaining("standard input: 3 lines, 3 requests")]);
    expect(JSON.parse(stdout).settings.deviceCount).toBe(1);
  }
});

test("standard input is a log like any other", async () => {
  const { devices, logs } = await readLogs(["-"], () => undefined, Readable.from([Buffer.from(OWN)]));
  expect(devices.count).toBe(1);
  expect(logs).toMatchObject([{ name: "standard input", lines: 3, entries: 3 }]);
});
