import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { type ApiStage, type ApiStageSettings, setApiStage } from "../support/api-stage.ts";
import type { Hop } from "../../src/path/hop.ts";
import { planOf, planTcp } from "../support/emulator-stage.ts";
import { idleHop, profileOf } from "../support/rig.ts";
import { say } from "../support/said.ts";
import { RunningCommand } from "../support/running-command.ts";
import type { Finished } from "./idlewall.ts";

const SILENT = { toDevice: "drop", toServer: "drop" } as const;
const directory = mkdtempSync(path.join(tmpdir(), "idlewall-control-"));

afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string): string {
  return path.join(directory, name);
}

/** A stage behind a carrier, and the command that speaks to it. */
async function setCommandStage(settings: ApiStageSettings = {}) {
  const plan = (target: string) => planOf(target, profileOf(idleHop(60_000, SILENT, "carrier")));
  const api = await setApiStage({ plan, ...settings });
  const env = { IDLEWALL_URL: api.admin.url };
  return {
    api,
    say: (...args: readonly string[]): Promise<Finished> => say(args, { env }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

function lines({ stdout, stderr, code }: Finished): readonly string[] {
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
}

function json({ stdout, stderr, code }: Finished): unknown {
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

function setSeeds({ stage }: ApiStage, ...seeds: readonly number[]): void {
  for (const seed of seeds) stage.emulator.setSeed(seed);
}

describe("flows", { concurrent: true }, () => {
  test("are listed with their timers, shown and ended", async () => {
    await using rig = await setCommandStage();
    const { device } = await rig.api.stage.joined("db");
    const [header, row] = lines(await rig.say("flows", "list"));
    expect(header).toMatch(/^FLOW {2}LISTENER {2}DEVICE {2}AGE/u);
    expect(row).toMatch(/^1 +db +0s +carrier\/idle-timeout in 1m +5 +7$/u);
    expect(json(await rig.say("flows", "list", "--listener", "db", "--json"))).toMatchObject([{ id: 1 }]);
    expect(lines(await rig.say("flows", "show", "1")).at(-1)).toMatch(
      /^carrier +carrier\/idle-timeout +yes +1m +0 +0$/u,
    );
    expect(lines(await rig.say("flows", "end", "1", "--ending", "reset"))).toEqual(["flow 1 has ended: reset"]);
    await rig.api.stage.until(() => device.state === "rst");
    expect(await rig.say("flows", "end", "1")).toMatchObject({ code: 2, stderr: 'idlewall: There is no flow "1".\n' });
  });

  test("of a listener that a reload took away are told apart from those of its name", async () => {
    const { listeners, ...rest } = planOf("127.0.0.1:9");
    const moved = listeners.map((each) => ({ ...each, listen: { host: "localhost", port: 0 } }));
    await using rig = await setCommandStage({
      emulator: { read: () => Promise.resolve({ ...rest, listeners: moved }) },
    });
    await rig.api.stage.joined("db");
    await rig.api.stage.emulator.reload();
    expect(lines(await rig.say("flows", "list", "--listener", "db"))[1]).toMatch(/^1 +db \(leaving\) +/u);
  });

  test("and devices that are none are told", async () => {
    await using rig = await setCommandStage();
    expect(lines(await rig.say("devices", "list"))).toHaveLength(1);
    expect(json(await rig.say("devices", "list", "--json"))).toEqual([]);
    expect((await rig.say("devices", "show", "0123")).code).toBe(2);
    expect((await rig.say("devices", "end", "0123")).code).toBe(2);
    expect((await rig.say("flows", "show", "1.5")).code).toBe(2);
  });
});

describe("profile", { concurrent: true }, () => {
  test("is shown as its file would spell it, and set by name", async () => {
    await using rig = await setCommandStage();
    await rig.api.stage.joined("db");
    expect((await rig.say("profile", "show")).stdout).toContain(
      "      - { type: idle-timeout, idleTimeout: 1m, atExpiry: drop }\n",
    );
    expect(lines(await rig.say("profile", "set", "carrier-13min-firewall-30min", "--flows", "all"))).toEqual([
      "db, all flows: device ─ nat carrier 13m drop ─ firewall 30m reset ─ server",
    ]);
    expect(rig.api.stage.emulator.flow(1)?.hops).toHaveLength(2);
  });

  test("is shown and told with what no file can hold: toxics' hops, and more of them than a file takes", async () => {
    await using rig = await setCommandStage();
    const latency = { type: "latency", delayMs: 0, jitterMs: 0, distribution: "fixed", direction: "toDevice" } as const;
    const toxics = Array.from({ length: 17 }, (_, index): Hop => {
      return { name: `toxic:t${index}`, kind: "network", conditions: [latency] };
    });
    rig.api.stage.emulator.listener("db")?.setProfile(profileOf(...toxics), "new");
    const shown = lines(await rig.say("profile", "show"));
    expect(shown.filter((line) => line.includes("- name: toxic:t"))).toHaveLength(17);
    expect(shown).toContain("      - { type: latency, delay: 0s, direction: toDevice }");
    expect(lines(await rig.say("profile", "set", "direct"))).toEqual(["db, new flows: device ─ server"]);
  });

  test("is set from a file, whose faults are told before anything is asked", async () => {
    await using rig = await setCommandStage();
    writeFileSync(
      file("mine.yaml"),
      "name: mine\ntitle: Mine\nsource: measured\nhops:\n  - { name: a, kind: nat, conditions: [] }\n",
    );
    writeFileSync(file("bad.yaml"), "name: mine\ntitle: Mine\nhops: []\n");
    expect(json(await rig.say("profile", "set", file("mine.yaml"), "--json"))).toMatchObject({
      profile: { name: "mine" },
    });
    const bad = await rig.say("profile", "set", file("bad.yaml"));
    expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining("bad.yaml:1:1: source is missing") });
    const unknown = await rig.say("profile", "set", "carrier-13mn");
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("did you mean carrier-13min?") });
  });

  test("needs a listener's name where there are several", async () => {
    await using rig = await setCommandStage({ plan: (target) => planOf(target, profileOf(), planTcp("imap", target)) });
    const unnamed = await rig.say("profile", "show");
    expect(unnamed).toMatchObject({
      code: 2,
      stderr: "idlewall: found 2 listeners, expected --listener with db or imap\n",
    });
    expect((await rig.say("profile", "set", "direct", "--listener", "imap")).code).toBe(0);
  });
});

describe("condition", { concurrent: true }, () => {
  test("is added, listed, changed and removed", async () => {
    await using rig = await setCommandStage();
    const added = await rig.say("condition", "add", "firewall", "idle-timeout", "idleTimeout=30m", "atExpiry=reset");
    expect(lines(added)[1]).toMatch(/^firewall\/idle-timeout +firewall +idle-timeout +30m reset$/u);
    const changed = await rig.say(
      "condition",
      "change",
      "firewall/idle-timeout",
      "idleTimeout=8m",
      "match={ share: 0.5 }",
    );
    expect(lines(changed)[1]).toMatch(/8m reset \[share=0.5\]$/u);
    expect(json(await rig.say("condition", "list", "--json"))).toHaveLength(2);
    expect(lines(await rig.say("condition", "remove", "firewall/idle-timeout"))).toEqual([
      "firewall/idle-timeout is gone",
    ]);
    expect(lines(await rig.say("condition", "list"))).toHaveLength(2);
  });

  test.each([
    [["idleTimeout=5m"], "expected the condition's type before its settings"],
    [["idle-timeout", "5m"], "expected KEY=VALUE"],
    [["idle-timeout", "idleTimeout={"], "idleTimeout: "],
    [["idle-timout", "idleTimeout=5m"], "did you mean idle-timeout?"],
    [["idle-timeout", "idleTimeout=5"], "idlewall: idleTimeout: found 5, expected a duration with a unit"],
    [["latency", "delay=1s", "match={ share: 2 }"], "idlewall: match.share: found 2, expected 1 at most"],
    [["latency"], "idlewall: delay is missing"],
  ])("with %j is refused", async (settings, message) => {
    await using rig = await setCommandStage();
    const refused = await rig.say("condition", "add", "carrier", ...settings);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

describe("the scenario", { concurrent: true }, () => {
  test("is shown, seeded, started, stopped and reset", async () => {
    await using rig = await setCommandStage();
    expect(lines(await rig.say("scenario", "show"))).toEqual(["seed 7, timeline started at 0:00:00"]);
    expect(lines(await rig.say("scenario", "seed", "42"))).toEqual(["seed 42, timeline started at 0:00:00"]);
    expect(lines(await rig.say("scenario", "stop"))).toEqual(["seed 42, timeline stands"]);
    expect(json(await rig.say("scenario", "start", "--json"))).toMatchObject({ seed: 42, timelineStartedAt: 0 });
    expect(lines(await rig.say("reset"))).toEqual(["seed 7, timeline started at 0:00:00"]);
    expect((await rig.say("reload")).stdout).toMatch(/^db on 127\.0\.0\.1:\d+: test\n$/u);
  });
});

describe("events", { concurrent: true }, () => {
  test("are printed, for people or as JSON, until there are enough", async () => {
    await using rig = await setCommandStage();
    setSeeds(rig.api, 1, 2);
    await rig.api.stage.joined("db");
    expect(lines(await rig.say("events", "--after", "0", "--count", "3"))).toEqual([
      " 0:00:00  change                 the seed is 1 (library)",
      " 0:00:00  change                 the seed is 2 (library)",
      " 0:00:00  flowOpened   db        flow 1 opened",
    ]);
    const one = await rig.say("events", "--after", "0", "--kinds", "flowOpened,change", "--count", "1", "--json");
    expect(json(one)).toMatchObject({ kind: "change", id: 1, what: "the seed is 1" });
  });

  test("are followed until the one that is waited for", async () => {
    await using rig = await setCommandStage();
    await using command = new RunningCommand(
      ["events", "--url", rig.api.admin.url, "--until", "change:by=library,what=the seed is 3", "--after", "0"],
      directory,
    );
    setSeeds(rig.api, 1);
    await command.said(/the seed is (1)/u);
    setSeeds(rig.api, 2, 3, 4);
    const { code, stdout } = await command.finished();
    expect([code, stdout.trimEnd().split("\n").length]).toEqual([0, 3]);
  });

  test.each([
    [["--until", "flowEnded"], "--timeout 300ms has passed, found "],
    [["--count", "5"], "--timeout 300ms has passed, found "],
    [["--count", "5", "--kinds", "flowClosed"], "--timeout 300ms has passed, found no event at all"],
  ])("that do not come in time end it with exit code 1: %j", async (args, message) => {
    await using rig = await setCommandStage();
    setSeeds(rig.api, 1);
    const finished = await rig.say("events", "--after", "0", "--timeout", "300ms", ...args);
    expect(finished).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
  });

  test("are waited for as long as a duration goes", async () => {
    await using rig = await setCommandStage();
    setSeeds(rig.api, 1);
    expect(lines(await rig.say("events", "--after", "0", "--timeout", "30d", "--count", "1"))).toHaveLength(1);
  });

  test("that are enough before the one that is waited for end it with exit code 1", async () => {
    await using rig = await setCommandStage();
    setSeeds(rig.api, 1);
    expect((await rig.say("events", "--after", "0", "--count", "1", "--until", "flowEnded")).code).toBe(1);
  });

  test.each([
    [["--until", "ende:outcome=held"], "did you mean ended?"],
    [["--until", "ended:outcom=held"], "did you mean outcome?"],
    [["--until", "change:outcome=held"], "expected kind, id, at, by, what or listener behind the colon"],
    [["--until", "asked:heartbeatInterval=720"], "did you mean heartbeatIntervalSeconds?"],
    [["--until", "ended:outcome=expird"], '--until: outcome: found "expird", expected '],
    [["--until", "ended:outcome=expird"], "did you mean expired?"],
    [["--until", "ended:outcome=held,waitedSeconds=abc"], '--until: waitedSeconds: found "abc", expected a number'],
    [["--until", "ended:heartbeatIntervalSeconds=720.0"], 'heartbeatIntervalSeconds: found "720.0"'],
    [["--until", "flowOpened:flow=1.5"], "--until: flow: found 1.5, expected a whole number"],
    [["--until", "change:by=me"], '--until: by: found "me", expected api, '],
    [["--until", "ended:outcome"], "expected fields such as outcome=held"],
    [["--kinds", "flowOpend"], "did you mean flowOpened?"],
    [["--count", "0"], "--count: found 0"],
    [["--reveal", "device"], "Device ids are not told"],
  ])("that can't be followed are refused: %j", async (args, message) => {
    await using rig = await setCommandStage();
    const refused = await rig.say("events", ...args);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

describe("a server", { concurrent: true }, () => {
  test("that is not there ends every verb with exit code 3 and says where it looked", async () => {
    for (const verb of [["flows", "list"], ["reset"], ["events"]]) {
      const finished = await say([...verb, "--url", "http://127.0.0.1:1"]);
      expect(finished).toMatchObject({
        code: 3,
        stdout: "",
        stderr: expect.stringMatching(
          /^idlewall: found no server at http:\/\/127\.0\.0\.1:1 \(.*\), expected .*; --url or IDLEWALL_URL says where$/mu,
        ),
      });
    }
  });

  test("that demands a token gets it from a file", async () => {
    const token = "correct-horse-battery";
    await using rig = await setCommandStage({ admin: { token } });
    writeFileSync(file("token"), `${token}\n`);
    writeFileSync(file("empty"), "\n");
    expect((await rig.say("scenario", "show")).stderr).toMatch(
      /Authorization: Bearer.*--token-file or IDLEWALL_TOKEN_FILE/u,
    );
    expect((await rig.say("scenario", "show", "--token-file", file("token"))).code).toBe(0);
    expect(await rig.say("scenario", "show", "--token-file", file("empty"))).toMatchObject({ code: 2 });
  });
});
