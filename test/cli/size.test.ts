import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { SizeResult } from "../../src/sizing/size-result.ts";
import { say } from "../support/said.ts";
import { idlewall } from "./idlewall.ts";

/** In this thread: the threads of the command want what is built. */
const SMALL = { IDLEWALL_THREADS: "1", IDLEWALL_DEVICES: "4", IDLEWALL_DAYS: "2", IDLEWALL_REPEATS: "2" };
const folder = mkdtempSync(path.join(tmpdir(), "idlewall-size-"));

afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, text: string): string {
  const at = path.join(folder, name);
  writeFileSync(at, text);
  return at;
}

async function result(...args: readonly string[]): Promise<SizeResult> {
  const { code, stdout, stderr } = await say(["size", ...args, "--json"], { env: SMALL });
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describe("behind a carrier of 13 minutes", () => {
  test("the answer comes first, for people", async () => {
    const { code, stdout } = await say(["size", "--carrier", "13m", "--firewall", "5m..60m"], { env: SMALL });
    expect(code).toBe(0);
    expect(stdout.split("\n").slice(0, 3)).toEqual([
      "Set the firewall's idle time-out to 13 min.",
      expect.stringContaining("devices settle on 12 min"),
      expect.stringContaining("behind a carrier that forgets after 13 min"),
    ]);
    expect(stdout).toContain("\n>  13 min ");
  });

  test("as JSON it is one value with the settings, a row for each time-out and the recommendation", async () => {
    const { settings, rows, recommendation } = await result("--carrier", "13m", "--firewall", "10m,15m,30m");
    expect(settings).toMatchObject({ deviceCount: 4, days: 2, seed: 1, repeats: 2, gain: 0.05 });
    expect(rows.map((row) => [row.idleTimeoutSeconds, row.settledIntervalSeconds])).toEqual([
      [600, 480],
      [900, 720],
      [1800, 720],
    ]);
    expect(recommendation).toMatchObject({ idleTimeoutSeconds: 900, boundBy: "carrier", today: null, commands: [] });
  });

  test("the built command has the same result with any number of threads", async () => {
    const args = ["size", "--devices", "4", "--days", "2", "--carrier", "13m", "--firewall", "10m,15m", "--json"];
    const [one, three] = await Promise.all(
      ["1", "3"].map(async (threads) => await idlewall([...args, "--threads", threads])),
    );
    expect(one?.code).toBe(0);
    expect(three).toEqual(one);
  });
});

describe("what is told", () => {
  test("may be shares of carriers and devices, and today's time-out is tried and compared", async () => {
    const { settings, rows, recommendation } = await result(
      ..."--carrier 13m:reset=75%,none=25% --device windows-mobile=1,android-2013=3 --firewall 5m..30m".split(" "),
      ..."--today 7m20s --mail-shape even --for fortigate --for asa".split(" "),
    );
    expect(settings.carriers.map((each) => [each.name, each.idleTimeoutSeconds, each.atExpiry, each.share])).toEqual([
      ["13m:reset", 780, "reset", 0.75],
      ["none", null, "drop", 0.25],
    ]);
    expect(settings.devices.map((each) => [each.model, each.share, each.maximumSeconds])).toEqual([
      ["windows-mobile", 0.25, 3540],
      ["android-2013", 0.75, 1680],
    ]);
    expect(rows.map((row) => row.idleTimeoutSeconds)).toEqual(expect.arrayContaining([300, 440, 780, 1800]));
    expect(recommendation.today?.idleTimeoutSeconds).toBe(440);
    expect(recommendation.commands.map((each) => each.product)).toEqual(["fortigate", "asa"]);
    expect(recommendation.commands[0]?.lines).toContain(`            set timeout ${recommendation.idleTimeoutSeconds}`);
  });

  test("may be that no mail comes: no delay is known then", async () => {
    const { settings, rows } = await result("--mail-rate", "0/day", "--firewall", "15m");
    expect([settings.mail.perDay, rows[0]?.notificationDelaySeconds]).toEqual([0, null]);
  });

  test("may be the carriers as they were measured", async () => {
    const { settings } = await result("--carrier", "netpiculet", "--firewall", "10m");
    expect(settings.carriers.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(settings.carriers[0]).toMatchObject({ idleTimeoutSeconds: 255, atExpiry: "reset" });
  });

  test("may be a model that never moves: the most it asks is what it asks", async () => {
    const { settings, recommendation } = await result("--device", "fixed", "--initial", "10m", "--firewall", "15m,30m");
    expect(settings.devices[0]).toMatchObject({ initialSeconds: 600, maximumSeconds: 600 });
    expect(recommendation.boundBy).toBe("device-maximum");
  });

  test("may be costs of one's own, with their source", async () => {
    const costs = file("costs.yaml", "heartbeat: { value: 450, low: 400, source: our capture }\n");
    const { settings } = await result("--firewall", "10m", "--cost", costs, "--radio", "wifi");
    expect(settings.cost.heartbeat).toEqual({ value: 450, low: 400, high: 450, unit: "bytes", source: "our capture" });
    expect(settings.cost.wakeUp.value).toBe(0.1);
  });
});

test("today's time-out stays where nothing that matters is better", async () => {
  const args = ["size", "--carrier", "13m", "--firewall", "13m,15m,30m", "--today", "30m", "--for", "asa"];
  const { stdout } = await say(args, { env: SMALL });
  expect(stdout).toMatch(/^Leave the firewall's idle time-out at 30 min: 13 min, the shortest that does as well,/u);
  expect(stdout).toMatch(/- firewall: 30 min \(as it is today\)[\s\S]*Idle time-out of 30 min[\s\S]*\n>today +30 min/u);
});

test("a configuration file may name several products, and a strange one is told with its place", async () => {
  const config = file("size.yaml", "for: [fortigate, asa]\n");
  const { recommendation } = await result("--firewall", "15m", "--config", config);
  expect(recommendation.commands.map((each) => each.product)).toEqual(["fortigate", "asa"]);
  const strange = file("strange.yaml", "for: [fortigate, aza]\n");
  const { code, stderr } = await say(["size", "--config", strange], { env: SMALL });
  expect([code, stderr]).toEqual([2, expect.stringContaining('strange.yaml:1:6: found "aza", expected asa, pan-os,')]);
});

describe("a product", () => {
  test("that takes whole minutes gets the next one, and says so", async () => {
    const args = ["size", "--carrier", "13m11s", "--firewall", "791s", "--for", "azure"];
    const { code, stdout } = await say(args, { env: SMALL });
    expect(code).toBe(0);
    expect(stdout).toContain("Recommended are 13 min 11 s; it takes whole minutes.");
    expect(stdout).toContain("For azure:\n");
  });

  test("that does not take the time-out has a reason, and the rest is told all the same", async () => {
    const args = ["size", "--firewall", "1m", "--for", "fortigate"];
    const { code, stdout } = await say(args, { env: SMALL });
    expect(code).toBe(0);
    expect(stdout).toContain("For fortigate there is nothing to type: found 60 s");
    const { recommendation } = await result(...args.slice(1));
    expect(recommendation.commands).toEqual([
      { product: "fortigate", lines: [], reason: expect.stringContaining("found 60 s") },
    ]);
  });
});

describe("refused is", () => {
  test.each([
    [["--firewall", "60m..5m"], '--firewall: found "60m..5m", expected the shorter one first'],
    [["--firewall", "1s..60m/1s"], '--firewall: found 3600 time-outs in "1s..60m/1s", expected 200 at most'],
    [["--firewall", "500ms"], '--firewall: found "500ms", expected 1s at least'],
    [["--today", "31d"], '--today: found "31d", expected 30d at most'],
    [["--carrier", "500ms"], '--carrier: found "500ms", expected 1s at least'],
    [["--firewall", "15"], '--firewall: found "15", a number without a unit'],
    [["--carrier", "13m:melt"], '--carrier: found "13m:melt", expected a time-out as 13m or 13m:reset, with drop,'],
    [["--carrier", "13m:reset:drop"], '--carrier: found "13m:reset:drop", expected a time-out as 13m or 13m:reset'],
    [["--carrier", "13m=-10%,none=110%"], '--carrier: found "13m=-10%", expected a share above 0'],
    [["--carrier", "13m=0"], '--carrier: found "13m=0", expected a share above 0'],
    [["--carrier", "13m,,none"], '--carrier: found "", expected a word'],
    [["--device", "android-2013=1,fixed"], "expected a percentage for each, a part for each or none"],
    [["--device", "fixed,fixed"], "expected fixed once"],
    [["--device", "android-2013=60%,fixed=40"], "expected a percentage for each, a part for each or none"],
    [["--device", "android-2013=60%,fixed=50%"], "expected percentages that sum to 100%, not to 110%"],
    [["--carrier", "13m=50%"], '--carrier: found "13m=50%", expected percentages that sum to 100%, not to 50%'],
    [["--device", "android"], '--device: found "android", expected one of windows-mobile,'],
    [["--mail-rate", "40"], '--mail-rate: found "40", expected a number per minute, hour or day'],
    [["--devices", "0"], "--devices: found 0, expected a whole number from 1 to 10000000"],
    [["--days", "1.5"], "--days: found 1.5, expected a whole number from 1 to 366"],
    [["--gain", "0%"], '--gain: found "0%", expected a share as 5%'],
    [["--gain", "5"], '--gain: found "5", expected a share as 5%'],
    [["--server-maximum", "2h"], '--server-maximum: found "2h", expected 1s to 3540s'],
    [["--server-minimum", "20m", "--server-maximum", "10m"], '--server-minimum: found "20m", expected at most'],
    [["--threads", "0"], "--threads: found 0, expected a whole number from 1 to 256"],
    [["--repeats", "0"], "--repeats: found 0, expected a whole number from 1 to 100"],
    [["--for", "cisco"], "--for"],
    [["--cost", "/nowhere.yaml"], "/nowhere.yaml"],
  ])("%s", async (args, message) => {
    const { code, stdout, stderr } = await say(["size", ...args], { env: SMALL });
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(message);
  });

  test.each([
    ["heartbeat: { value: -1, source: a }\n", "1:21: found -1"],
    ["heartbeat: { value: 1.0e+300, source: a }\n", "1:21: found 1e+300, expected 1000000000 at most"],
    ["heartbeat: { value: 5, low: 6, source: a }\n", "expected low <= value <= high"],
    ["heartbeat: { value: 5 }\n", "source is missing"],
    ["resumedShare: { value: 0.5, high: 1.5, source: a }\n", "expected shares, 0 to 1"],
    ["heart: { value: 5, source: a }\n", 'found the unknown key "heart", expected heartbeat, command, '],
    ["heartbeat: { val: 5, source: a }\n", 'found the unknown key "val", expected value, low, high'],
    ["heartbeat: [\n", "2:1"],
  ])("a file of costs with %j", async (text, message) => {
    const costs = file("faulty.yaml", text);
    const { code, stderr } = await say(["size", "--firewall", "10m", "--cost", costs], { env: SMALL });
    expect(code).toBe(2);
    expect(stderr).toContain(`${costs}:`);
    expect(stderr).toContain(message);
  });
});
