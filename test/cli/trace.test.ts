import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { say } from "../support/said.ts";
import { idlewall } from "./idlewall.ts";

const SEED = [
  "trace",
  "--profile",
  "carrier-13min",
  "--device",
  "windows-mobile",
  "--mail-at",
  "27m",
  "--duration",
  "3h",
];

interface Line {
  readonly seed: number;
  readonly atSeconds: number;
  readonly command: string;
  readonly heartbeatIntervalSeconds: number;
  readonly outcome: string;
  readonly durationSeconds: number;
  readonly hop: string | null;
  readonly conclusion: string;
}

function linesOf(stdout: string): readonly Line[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line): Line => JSON.parse(line));
}

describe("the documented course", () => {
  test("prints one exchange a line in virtual time", async () => {
    const { code, stdout } = await say([...SEED, "--json"]);
    const lines = linesOf(stdout);
    expect(code).toBe(0);
    expect(lines.slice(0, 7).map((line) => line.heartbeatIntervalSeconds)).toEqual([900, 480, 720, 720, 960, 720, 720]);
    expect(lines.slice(0, 7).map((line) => line.outcome)).toEqual([
      "expired",
      "held",
      "changes",
      "held",
      "expired",
      "held",
      "held",
    ]);
    expect(lines[0]).toMatchObject({ atSeconds: 0, device: "device0001", command: "Ping", hop: "carrier" });
    expect(lines[0]?.durationSeconds).toBe(905);
    expect(lines[0]?.conclusion).toBe("no answer to 15 min, so the device falls to its minimum, 8 min");
    expect(lines.slice(5)).toEqual(
      lines.slice(5).map((line) => ({ ...line, heartbeatIntervalSeconds: 720, outcome: "held", hop: null })),
    );
  });

  test("is the same to the last row when it runs live over loopback TLS", async () => {
    const virtual = await say([...SEED, "--json"]);
    const live = await idlewall([...SEED, "--json", "--live", "--time-scale", "3600"]);
    const course = (stdout: string): readonly object[] =>
      linesOf(stdout).map(({ heartbeatIntervalSeconds, outcome, hop, conclusion, command }) => ({
        heartbeatIntervalSeconds,
        outcome,
        hop,
        conclusion,
        command,
      }));
    expect(live.code).toBe(0);
    expect(course(live.stdout)).toEqual(course(virtual.stdout));
  });

  test("is the same when the first run is repeated with the same seed, and not with another", async () => {
    const args = ["trace", "--idle-timeout", "11m", "--mail-rate", "40/day", "--duration", "1d", "--json"];
    const [first, again, other] = await Promise.all([idlewall(args), say(args), say([...args, "--seed", "2"])]);
    expect(again.stdout).toBe(first.stdout);
    const course = ({ stdout }: typeof first): readonly object[] =>
      linesOf(stdout).map((line) => ({ ...line, seed: undefined }));
    expect(course(other)).not.toEqual(course(first));
    expect([first, other].map(({ stdout }) => new Set(linesOf(stdout).map(({ seed }) => seed)))).toEqual([
      new Set([1]),
      new Set([2]),
    ]);
  });
});

test.each([
  ["android-2009", ["--initial", "900s"], [900, 900, 900, 900], [791, 791, 791, 791]],
  ["android-2012", [], [470, 650, 830, 650, 650, 650], [470, 650, 791, 650, 650, 650]],
  ["android-2012", ["--maximum", "1790s", "--increment", "5m"], [470, 770, 1070, 770, 770], [470, 770, 791, 770, 770]],
  ["android-2013", [], [480, 780, 1080, 780, 1080, 780], [480, 780, 791, 780, 791, 780]],
])(
  "%s with %j asks in seconds %j where an RST comes after 13 min 11 s, and waits %j",
  async (name, args, asked, waited) => {
    const carrier = ["--idle-timeout", "13m11s", "--at-expiry", "reset"];
    const { stdout } = await say(["trace", ...carrier, "--device", name, ...args, "--json"]);
    const lines = linesOf(stdout).slice(0, asked.length);
    expect(lines.map((line) => line.heartbeatIntervalSeconds)).toEqual(asked);
    expect(lines.map((line) => line.durationSeconds)).toEqual(waited);
  },
);

test("a ladder for people has its path and seed, a heading, a line an exchange, and what is still parked", async () => {
  const { stdout, stderr } = await say(SEED);
  expect(stderr).toBe("");
  const [run, heading, first] = stdout.split("\n");
  expect(run).toBe("device ─ nat carrier 13m drop ─ server, seed 1");
  expect(heading).toMatch(/^ +at +asks +what happens +the device concludes$/u);
  expect(first).toContain("expired on carrier (drop): no answer, given up after 15 min 5 s");
  expect(stdout).toMatch(/2:55:05 +Ping 12 min +still parked\n$/u);
});

test.concurrent.each([
  [["--device", "windows-phone"], /--device: found "windows-phone", expected one of windows-mobile, .*fixed/u],
  [["--device", "android-2010"], /--device: found "android-2010", expected .*; did you mean android-2/u],
  [
    ["--device", "android-2009", "--grace", "10s", "--minimum", "60s"],
    /^idlewall: --minimum: found 60 s, expected none: android-2009 takes only initial\n.*--grace: found 10000 ms, expected/u,
  ],
  [["--device", "android-2009", "--initial", "20m"], /--initial: found 1200 s, expected 1195 s at most/u],
  [["--device", "android-2012", "--initial", "289s"], /--initial: found 289 s, expected minimum, 290 s, at least/u],
  [["--initial", "15"], /"15"/u],
  [["--initial", "2m"], /initial/u],
  [["--profile", "carier-13min"], /carrier-13min/u],
  [["--at-expiry", "drop"], /--idle-timeout/u],
  [["--idle-timeout", "13m", "--at-expiry", "explode"], /explode/u],
  [["--mail-at", "soon"], /soon/u],
  [["--mail-rate", "lots"], /lots/u],
  [["--mail-at", "5h", "--duration", "1h"], /--mail-at: found 5h, expected --duration, 1h, at most/u],
  [["--duration", "0s"], /0s/u],
  [["--devices", "0"], /--devices: found 0/u],
  [["--seed", "1.5"], /--seed: found 1.5/u],
  [["--seed", "4294967296"], /--seed: found 4294967296, expected a whole number from 0 to 4294967295/u],
  [["--time-scale", "60"], /--live/u],
  [["--live", "--time-scale", "0"], /--time-scale: found 0/u],
])("refuses %j with exit code 2", async (args, message) => {
  const { code, stdout, stderr } = await say(["trace", ...args]);
  expect(code).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(message);
});

describe("a match of the path", () => {
  const FITTING = "deviceType: PocketPC, deviceId: device0001, user: user0001, path: /Microsoft-Server-ActiveSync";

  test.each([
    [FITTING, [], "cut"],
    ["source: 127.0.0.1", [], "cut"],
    ["userAgent: '*'", [], "held"],
    ["source: 127.0.0.1, userAgent: idlewall (windows-mobile)", ["--live"], "cut"],
  ])("on %s concerns the device of a trace with %j as the docs say", async (match, how, outcome) => {
    const directory = mkdtempSync(path.join(tmpdir(), "idlewall-trace-"));
    const file = path.join(directory, "path.yaml");
    const condition = `{ type: lifetime, age: 5m, atExpiry: reset, match: { ${match} } }`;
    const hops = `[{ name: fw, kind: firewall, conditions: [${condition}] }]`;
    writeFileSync(file, `name: own\ntitle: Own\nsource: test\nhops: ${hops}\n`);
    const { stdout } = await say(["trace", "--profile", file, "--duration", "16m", "--json", ...how]);
    expect(linesOf(stdout)[0]?.outcome).toBe(outcome);
    rmSync(directory, { recursive: true });
  });
});
