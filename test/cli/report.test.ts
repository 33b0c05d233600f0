import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { laddersOf } from "../../src/cli/ladders.ts";
import { liveStateOf } from "../../src/cli/live-state.ts";
import { readSizeResult } from "../../src/cli/size-result-reading.ts";
import { readStdin } from "../../src/cli/stdin.ts";
import type { SizeResult, SizeSettings } from "../../src/sizing/size-result.ts";
import { setApiStage } from "../support/api-stage.ts";
import { lose, planMail } from "../support/mail-stage.ts";
import { say } from "../support/said.ts";
import { sizeResult } from "../support/size-results.ts";
import { COMMAND, type Finished } from "./idlewall.ts";

const cwd = mkdtempSync(path.join(tmpdir(), "idlewall-report-"));

afterAll(() => rmSync(cwd, { recursive: true }));

function file(name: string, content: unknown): string {
  const place = path.join(cwd, name);
  writeFileSync(place, typeof content === "string" ? content : JSON.stringify(content));
  return place;
}

const RESULT = file("size.json", sizeResult());

/** Runs the built command with a text on its standard input. */
function piped(text: string, ...args: readonly string[]): Promise<Finished> {
  const child = spawn(process.execPath, [COMMAND, ...args], { env: { PATH: process.env["PATH"] } });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (piece: string) => (said.stdout += piece));
  child.stderr.setEncoding("utf8").on("data", (piece: string) => (said.stderr += piece));
  child.stdin.end(text);
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code, ...said }));
  });
}

describe("report", () => {
  test.each([
    ["html", /^<!doctype html>\n<html lang="en">.*<\/html>\n$/su],
    ["svg", /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<svg .*<\/svg>\n$/su],
    ["csv", /^idleTimeoutSeconds,.*\r\n300,/su],
    ["json", /^\{"version":/u],
  ])("makes %s of a file", async (format, text) => {
    const { code, stdout, stderr } = await say(["report", RESULT, "--format", format]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(text);
  });

  test("makes the same of the same, with the result and the courses in JSON", async () => {
    const [first, second] = await Promise.all([
      say(["report", RESULT, "--format", "json"]),
      say(["report", RESULT, "--format", "json"]),
    ]);
    expect(first).toEqual(second);
    expect(JSON.parse(first.stdout)).toMatchObject({
      size: { result: sizeResult(), ladders: { kind: "ladders", device: "windows-mobile" } },
    });
  });

  test("writes a file, and replaces one when it is told to", async () => {
    const target = path.join(cwd, "report.html");
    expect(await say(["report", RESULT, "--output", target])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(readFileSync(target, "utf8")).toMatch(/^<!doctype html>/u);
    expect(await say(["report", RESULT, "--output", target])).toMatchObject({ code: 2, stderr: /already/u });
    const csv = await say(["report", RESULT, "--output", target, "--format", "csv", "--force"]);
    expect([csv.code, readFileSync(target, "utf8").split("\r\n")[0]]).toEqual([0, expect.stringMatching(/^idleT/u)]);
  });

  test.each([[["report"]], [["report", "-"]]])("reads standard input: %j", async (args) => {
    const { code, stdout, stderr } = await piped(JSON.stringify(sizeResult(2)), ...args, "--format", "csv");
    expect([code, stderr, stdout.split("\r\n").length]).toEqual([0, "", 4]);
  });

  test("tells of a running idlewall what it has seen, alone or beside a result", async () => {
    await using api = await setApiStage({ plan: (target) => planMail(target, "mail") });
    await lose(api.stage, 3);
    const env = { IDLEWALL_URL: api.admin.url };
    const alone = await say(["report"], { env });
    expect([alone.code, alone.stderr]).toEqual([0, ""]);
    expect(alone.stdout).toContain("<td>wall</td>");
    expect(alone.stdout).not.toContain("Every figure");
    const both = await say(["report", RESULT, "--url", api.admin.url, "--format", "json"]);
    expect(JSON.parse(both.stdout)).toMatchObject({
      size: { result: { settings: { seed: 1 } } },
      live: {
        url: api.admin.url,
        version: "0.0.0",
        networks: [{ network: "127.0.0.0/24", listener: "mail", devices: 1, heartbeats: 3, failed: 3 }],
        bounds: [{ network: "127.0.0.0/24", state: "wall" }],
        devices: [{ outcomes: { lost: 3, open: 1 } }],
        ended: Array.from({ length: 3 }, () => ({ heartbeatIntervalSeconds: 480, outcome: "lost" })),
        forgottenEvents: 0,
      },
    });
  });

  test("makes a CSV of any one table, and says which it has none of", async () => {
    await using api = await setApiStage({ plan: (target) => planMail(target, "mail") });
    await lose(api.stage, 3);
    const made = (...args: readonly string[]) => say(["report", "--format", "csv", ...args]);
    const bounds = await made(RESULT, "--url", api.admin.url, "--table", "bounds");
    expect([bounds.code, bounds.stdout]).toEqual([0, expect.stringMatching(/^network,.*\r\n127\.0\.0\.0\/24,wall,/su)]);
    const [usual, named] = [await made(RESULT, "--url", api.admin.url), await made(RESULT, "--table", "time-outs")];
    expect(usual.stdout).toBe(named.stdout);
    expect(await made("--url", api.admin.url, "--table", "time-outs")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--table: found time-outs, expected a result of size/u),
    });
    expect(await made(RESULT, "--table", "devices")).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--table: found devices, expected --url/u),
    });
    expect(await say(["report", RESULT, "--table", "devices"])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--table .*--format csv/u),
    });
  });

  test("tells of one that has seen nothing that it has not", async () => {
    await using api = await setApiStage({ plan: (target) => planMail(target, "mail") });
    const seen = await liveStateOf(api.client, api.admin.url, new Date(0));
    expect(seen).toMatchObject({
      askedAt: "1970-01-01 00:00 UTC",
      recommendation: { text: expect.stringMatching(/./u) },
      networks: [],
      bounds: [],
      devices: [],
      ended: [],
      forgottenEvents: 0,
    });
  });

  test("counts the events that are no longer kept there", async () => {
    await using api = await setApiStage({ plan: (target) => planMail(target, "mail"), subject: { keptEvents: 4 } });
    await lose(api.stage, 3);
    const { newestEvent } = await api.client.about();
    const { ended, forgottenEvents } = await liveStateOf(api.client, api.admin.url, new Date(0));
    expect(forgottenEvents).toBe(newestEvent - 4);
    expect(ended.length).toBeLessThan(3);
  });

  test("shows its token to a server that wants one", async () => {
    const token = "0123456789abcdef0123456789abcdef";
    await using api = await setApiStage({ admin: { token } });
    const tokenFile = file("token", `${token}\n`);
    const { url } = api.admin;
    expect((await say(["report", "--url", url, "--format", "csv", "--token-file", tokenFile])).code).toBe(0);
    expect((await say(["report", "--url", url])).code).toBe(2);
  });

  test.each([
    [["report", path.join(cwd, "none.json")], 2, /none\.json: there is no such file/u],
    [["report", RESULT, "--format", "pdf"], 2, /pdf/u],
    [["report", "--url", "http://127.0.0.1:1"], 3, /127\.0\.0\.1:1/u],
    [["report", RESULT, "--output", path.join(cwd, "none", "a.html")], 2, /a\.html can't be written/u],
  ])("refuses %j", async (args, code, message) => {
    expect(await say(args)).toMatchObject({ code, stdout: "", stderr: expect.stringMatching(message) });
  });
});

describe("a result", () => {
  test("is read as it was written, whatever a later version adds", () => {
    const result = sizeResult();
    expect(readSizeResult(JSON.stringify({ ...result, more: 1 }), "a.json")).toEqual(result);
    expect(readSizeResult(JSON.stringify(result, undefined, 2), "a.json")).toEqual(result);
  });

  test.each([
    ["", /^a:1:1: this is no result of size --json: found nothing, expected a mapping$/u],
    [
      "hello",
      /^a:1:1: this is no result of size --json: found no JSON; without --json, size writes tables for people$/u,
    ],
    ["[1, 2]", /^a:1:1: this is no result of size --json: found a list, expected a mapping$/u],
    ["{ a: ", /^a:1:\d: this is no result of size --json: /u],
    [
      '{"settings": {}}',
      /^a:1:1: this is no result of size --json: \/rows: rows is missing.*\n.*\na:1:14: \/settings\/carriers: carriers is missing/u,
    ],
  ])("is refused with its place where it is none: %j", (text, message) => {
    expect(() => readSizeResult(text, "a")).toThrow(message);
  });

  test("with one fault is refused with its place and pointer", () => {
    const text = JSON.stringify(sizeResult(2), undefined, 1).replace('"alert": true', '"alert": "yes"');
    expect(() => readSizeResult(text, "a")).toThrow(
      /^a:\d+:13: this is no result of size --json: \/rows\/0\/alert: found "yes", expected true or false$/u,
    );
  });

  test("with many faults is refused with the first ten of them", () => {
    const { rows, ...rest } = sizeResult(20);
    const text = JSON.stringify({ ...rest, rows: rows.map((row) => ({ ...row, alert: 1 })) });
    expect(() => readSizeResult(text, "a")).toThrow(/(?:\n.*){9}\na:1:\d+: and 10 more like these$/u);
  });
});

describe("the courses of a typical device", () => {
  function of(settings: Partial<SizeSettings>): SizeResult {
    const { settings: usual, ...rest } = sizeResult();
    return { ...rest, settings: { ...usual, ...settings } };
  }

  test("are those of the largest share of devices and carriers, under today's value and the recommended one", () => {
    const [device] = sizeResult().settings.devices;
    if (device === undefined) throw new Error("there is no device");
    const ladders = laddersOf(
      of({
        devices: [
          { ...device, model: "fixed", share: 0.4 },
          { ...device, share: 0.6 },
        ],
      }),
    );
    expect(ladders).toMatchObject({
      device: "windows-mobile",
      carrier: { name: "carrier", idleTimeoutSeconds: 780 },
      runs: [
        { title: "Today", idleTimeoutSeconds: 300 },
        { title: "Recommended", idleTimeoutSeconds: 840 },
      ],
    });
    const [today, recommended] = ladders.kind === "ladders" ? ladders.runs : [];
    expect(today?.rows.filter(({ outcome }) => outcome === "held")).toEqual([]);
    expect(recommended?.rows.at(-1)?.heartbeatIntervalSeconds).toBe(720);
  });

  test("keep to the bounds of the server that the figures were counted with", () => {
    const server = { minimumHeartbeatSeconds: 60, maximumHeartbeatSeconds: 600 };
    const ladders = laddersOf(of({ server }));
    const [, recommended] = ladders.kind === "ladders" ? ladders.runs : [];
    const held = (recommended?.rows ?? []).filter(({ outcome }) => outcome === "held");
    expect(Math.max(...held.map(({ heartbeatIntervalSeconds }) => heartbeatIntervalSeconds))).toBe(600);
  });

  test("are one where today's value is the recommended one, or was not told", () => {
    const { firewall } = sizeResult().settings;
    const titles = [840, null].map((todaySeconds) => {
      const ladders = laddersOf(of({ firewall: { ...firewall, todaySeconds } }));
      return ladders.kind === "ladders" ? ladders.runs.map(({ title }) => title) : [];
    });
    expect(titles).toEqual([["Today, and recommended"], ["Recommended"]]);
  });

  test("go without mail where there is none, and with no more than can be seen", () => {
    const { mail } = sizeResult().settings;
    const counts = [0, 1e9].map((perDay) => {
      const ladders = laddersOf(of({ mail: { ...mail, perDay } }));
      const rows = ladders.kind === "ladders" ? (ladders.runs[1]?.rows ?? []) : [];
      return rows.filter(({ outcome }) => outcome === "changes").length;
    });
    expect(counts[0]).toBe(0);
    expect(counts[1]).toBeGreaterThan(100);
    expect(counts[1]).toBeLessThan(500);
  });

  test.each([
    [{ devices: [] }, "no device or no carrier is given"],
    [{ carriers: [] }, "no device or no carrier is given"],
    [{ firewall: { ...sizeResult().settings.firewall, atExpiry: "nod" } }, /atExpiry nod/u],
    [{ seed: 2 ** 40 }, /seed/u],
    [{ server: { minimumHeartbeatSeconds: 900, maximumHeartbeatSeconds: 600 } }, /server: minimumSeconds \(900\)/u],
  ])("can't be shown with %j, and it is said why", (settings, reason) => {
    expect(laddersOf(of(settings))).toEqual({ kind: "none", reason: expect.stringMatching(reason) });
  });
});

describe("standard input", () => {
  async function* pieces(...of: readonly (string | Buffer)[]) {
    yield* of;
  }

  test("is read to its end, in whatever pieces it comes", async () => {
    const [first, second] = [Buffer.from("ä").subarray(0, 1), Buffer.from("ä").subarray(1)];
    expect(await readStdin(pieces("a", first, second))).toBe("aä");
  });

  test("is refused when it is no text, or has no end", async () => {
    await expect(readStdin(pieces(Buffer.from([0xff])))).rejects.toThrow(
      /standard input: found bytes that are no UTF-8/u,
    );
    const large = Buffer.alloc(600_000, "a");
    await expect(readStdin(pieces(large, large))).rejects.toThrow(
      /standard input: found more, expected 1048576 bytes/u,
    );
  });
});
