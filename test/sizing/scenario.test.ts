import { describe, expect, test } from "vitest";
import type { TraceRow } from "../../src/heartbeat/trace.ts";
import type { Endings } from "../../src/path/condition.ts";
import { runVirtually, scenarioDevice, scenarioMail } from "../../src/sizing/scenario.ts";
import { both, RESPOND } from "../path/flows.ts";
import { courseOf, fixedAt, hopThat, HOUR, MINUTE, ran, scenarioOf, SECOND, type Said } from "./scenarios.ts";

const CARRIER = hopThat("carrier", 13 * MINUTE, both("drop"));

describe("the course of Understanding Direct Push, behind a carrier of 13 minutes", () => {
  test.each(["windows-mobile", "windows-mobile-6.1"])(
    "%s: 15 fails, 8 holds, 12 is answered by mail, 12 holds, 16 fails, 12 for good",
    (model) => {
      const run = ran({ model, hops: [CARRIER], mailAt: [27 * MINUTE] });
      const course = courseOf(run);
      expect(course.slice(0, 5)).toEqual([
        [15, "expired", "carrier"],
        [8, "held", null],
        [12, "changes", null],
        [12, "held", null],
        [16, "expired", "carrier"],
      ]);
      expect(course).toHaveLength(15);
      for (const row of course.slice(5)) expect(row).toEqual([12, "held", null]);
      expect(run.open).toHaveLength(1);
      expect(run.open[0]).toMatchObject({ device: "device0001", exchange: { heartbeatIntervalSeconds: 720 } });
    },
  );

  test("a row says when, who, what, how long the device waited, what the hop did and what comes next", () => {
    expect(ran({ hops: [CARRIER] }).rows[0]).toEqual({
      atSeconds: 0,
      device: "device0001",
      command: "Ping",
      heartbeatIntervalSeconds: 900,
      outcome: "expired",
      durationSeconds: 905,
      hop: "carrier",
      action: "drop",
      ending: "silence",
      move: "lower",
      nextHeartbeatIntervalSeconds: 480,
      settled: false,
      conclusion: "no answer to 15 min, so the device falls to its minimum, 8 min",
    });
  });
});

describe("how a device comes to know that an idle time-out of 13 minutes ended its 15", () => {
  const mixed: Endings = { toDevice: "drop", toServer: "reset" };
  test.each<readonly [string, Endings, Partial<TraceRow>]>([
    ["drop: by its own timer", both("drop"), { ending: "silence", durationSeconds: 905, action: "drop" }],
    ["reset: at once", both("reset"), { ending: "reset", durationSeconds: 780, action: "reset" }],
    ["close: at once", both("close"), { ending: "closed", durationSeconds: 780, action: "close" }],
    [
      "reset-on-next: by its own timer, because it says nothing while it waits",
      both("reset-on-next"),
      { ending: "silence", durationSeconds: 905, action: "reset-on-next" },
    ],
    ["respond: by the answer", RESPOND, { ending: "httpError", durationSeconds: 780, action: "respond" }],
    ["a drop toward the device alone", mixed, { ending: "silence", durationSeconds: 905, action: "drop" }],
    [
      "a close toward the device alone",
      { toDevice: "close", toServer: "drop" },
      { ending: "closed", durationSeconds: 780, action: "close" },
    ],
  ])("%s", (_, endings, expected) => {
    const [first, second] = ran({ hops: [hopThat("hop", 13 * MINUTE, endings)] }).rows;
    expect(first).toMatchObject({ outcome: "expired", hop: "hop", ...expected });
    expect(second).toMatchObject({ heartbeatIntervalSeconds: 480, outcome: "held", hop: null });
  });
});

describe("at the edge of the idle time-out", () => {
  test.each([
    [-1, "expired"],
    [0, "expired"],
    [1, "held"],
  ])("a time-out %i ms from the interval: %s", (moreMs, outcome) => {
    const hops = [hopThat("hop", 15 * MINUTE + moreMs, both("drop"))];
    expect(ran({ ...fixedAt(15), hops, durationMs: HOUR }).rows[0]).toMatchObject({ outcome });
  });
});

describe("several hops", () => {
  test.each([
    [13, 30, "near"],
    [30, 13, "far"],
    [13, 13, "near"],
  ])("%i and %i minutes: the first to expire is named, %s", (near, far, hop) => {
    const hops = [hopThat("near", near * MINUTE, both("drop")), hopThat("far", far * MINUTE, both("reset"))];
    expect(ran({ ...fixedAt(15), hops, durationMs: HOUR }).rows[0]).toMatchObject({ outcome: "expired", hop });
  });

  test("a hop that would hold has no part in the outcome of one that does not", () => {
    const hops = [hopThat("long", 30 * MINUTE, both("drop")), CARRIER];
    expect(courseOf(ran({ hops }))).toEqual(courseOf(ran({ hops: [CARRIER] })));
  });

  test("a reverse proxy answers through a carrier that still holds", () => {
    const hops = [CARRIER, hopThat("proxy", 10 * MINUTE, RESPOND)];
    expect(ran({ ...fixedAt(12), hops }).rows[0]).toMatchObject({
      outcome: "expired",
      hop: "proxy",
      ending: "httpError",
      durationSeconds: 600,
    });
  });
});

describe("mail", () => {
  test("mail while a request waits is its answer, at that instant", () => {
    const [first, second] = ran({ ...fixedAt(15), mailAt: [4 * MINUTE] }).rows;
    expect(first).toMatchObject({ outcome: "changes", durationSeconds: 240 });
    expect(second).toMatchObject({ atSeconds: 240, outcome: "held" });
  });

  test("mail into a dead path reaches the device with its next request", () => {
    const [first, second, third] = ran({ ...fixedAt(15), hops: [CARRIER], mailAt: [14 * MINUTE] }).rows;
    expect(first).toMatchObject({ outcome: "expired", ending: "silence", durationSeconds: 905 });
    expect(second).toMatchObject({ outcome: "changes", durationSeconds: 0 });
    expect(third).toMatchObject({ outcome: "expired" });
  });

  test("mail after the end of the run is left out, mail at its last instant is not", () => {
    const said: Said = { mailAt: [HOUR, HOUR + 1], durationMs: HOUR, deviceCount: 2 };
    expect(scenarioMail(scenarioOf(said))).toEqual([
      { at: HOUR, user: "user0001" },
      { at: HOUR, user: "user0002" },
    ]);
  });

  test("mail at random comes in the order of time, apart for every mailbox, and follows from the seed", () => {
    const said: Said = { deviceCount: 3, mailMeanIntervalMs: 10 * MINUTE };
    const mail = scenarioMail(scenarioOf(said));
    expect(mail.length).toBeGreaterThan(20);
    expect(mail.map(({ at }) => at)).toEqual(mail.map(({ at }) => at).toSorted((left, right) => left - right));
    expect(new Set(mail.map(({ user }) => user)).size).toBe(3);
    expect(scenarioMail(scenarioOf(said))).toEqual(mail);
    expect(scenarioMail(scenarioOf({ ...said, seed: 2 }))).not.toEqual(mail);
    const fewer = scenarioMail(scenarioOf({ ...said, deviceCount: 1 }));
    expect(mail.filter(({ user }) => user === "user0001")).toEqual(fewer);
  });
});

test("devices are named by their number, and stay apart", () => {
  const { rows } = ran({ deviceCount: 2, durationMs: 20 * MINUTE, hops: [CARRIER] });
  expect(rows.map(({ device }) => device)).toEqual(["device0001", "device0002"]);
  expect(scenarioDevice(scenarioOf({ model: "windows-mobile-6.1" }), 12)).toEqual({
    deviceId: "device0012",
    user: "user0012",
    deviceType: "PocketPC",
    protocolVersion: "12.1",
  });
});

test("the same scenario tells the same rows, whatever else ran before", () => {
  const said: Said = { deviceCount: 5, mailMeanIntervalMs: 20 * MINUTE, hops: [CARRIER], durationMs: 6 * HOUR };
  const once = ran(said);
  ran({ ...said, seed: 7 });
  expect(ran(said)).toEqual(once);
});

test("without grace a device leaves as its interval ends, and the answer of that instant is lost to it", () => {
  const [first] = ran({ ...fixedAt(15, 0) }).rows;
  expect(first).toMatchObject({ durationSeconds: 900 });
});

test("a day of 1,000 devices ends every exchange but the last of each, and learns what one device learns", () => {
  const outcomes = new Map<string, number>();
  const lastAt = new Map<string, number>();
  let disorder = 0;
  const scenario = scenarioOf({
    deviceCount: 1000,
    hops: [CARRIER],
    mailMeanIntervalMs: (24 * HOUR) / 10,
    durationMs: 24 * HOUR,
  });
  const open = runVirtually(scenario, ({ outcome, device, atSeconds }) => {
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    if (atSeconds < (lastAt.get(device) ?? 0)) disorder += 1;
    lastAt.set(device, atSeconds);
  });
  expect(disorder).toBe(0);
  expect([...outcomes.keys()].toSorted()).toEqual(["changes", "expired", "held"]);
  /** 15 min fails once a device, and 16 once; a mail now and then spares a device one of them for a while. */
  expect(outcomes.get("expired")).toBeGreaterThan(1000);
  expect(outcomes.get("expired")).toBeLessThan(4000);
  expect(outcomes.get("changes")).toBeGreaterThan(9000);
  expect(outcomes.get("held")).toBeGreaterThan(100_000);
  expect(open).toHaveLength(1000);
  const latest = Math.max(...open.map(({ exchange }) => scenario.durationMs - exchange.askedAt));
  expect(latest).toBeLessThanOrEqual(16 * MINUTE + 5 * SECOND);
}, 60_000);

describe("conditions draw from the scenario's seed", () => {
  const loss = { type: "loss", rate: 0.4, rtoMs: 1000, direction: "both" } as const;
  const hops = [{ name: "radio", kind: "network", conditions: [loss] }] as const;
  const runOf = (seed: number) => ran({ ...fixedAt(8, 20 * SECOND), hops, seed, deviceCount: 3 });

  test("the same seed gives the same run, another one another", () => {
    expect(runOf(1)).toEqual(runOf(1));
    expect(runOf(1).rows).not.toEqual(runOf(2).rows);
  });

  test("a share of devices is that share in each run of the seed, and each device is in it or not", () => {
    const stall = {
      type: "stall",
      direction: "toDevice",
      afterMs: 0,
      match: { command: ["Ping"], share: 0.5 },
    } as const;
    const { rows } = ran({
      ...fixedAt(8),
      hops: [{ name: "radio", kind: "network", conditions: [stall] }],
      deviceCount: 20,
    });
    const cut = new Set(rows.filter(({ outcome }) => outcome === "cut").map(({ device }) => device));
    const held = new Set(rows.filter(({ outcome }) => outcome === "held").map(({ device }) => device));
    expect([...cut].filter((device) => held.has(device))).toEqual([]);
    expect([cut.size > 0, held.size > 0]).toEqual([true, true]);
  });
});

test("a device that is refused sees no server, and asks the same again later", () => {
  const refuse = { type: "refuse", during: { fromMs: 10 * MINUTE, untilMs: 20 * MINUTE } } as const;
  const { rows } = ran({ ...fixedAt(8), hops: [{ name: "gate", kind: "firewall", conditions: [refuse] }] });
  expect(rows.slice(0, 3)).toMatchObject([
    { outcome: "held" },
    { outcome: "cut", ending: "reset", hop: "gate" },
    { outcome: "cut", ending: "unreachable", heartbeatIntervalSeconds: 480 },
  ]);
});

test("devices that share a full table of flows lose theirs to one another, again when the first comes back", () => {
  const table = {
    type: "flow-table",
    flows: 1,
    whenFull: "evict-longest-idle",
    atEviction: both("reset"),
  } as const;
  const { rows } = ran({
    ...fixedAt(8),
    hops: [{ name: "gate", kind: "firewall", conditions: [table] }],
    deviceCount: 2,
    durationMs: HOUR,
  });
  expect(rows.slice(0, 2)).toMatchObject([
    { device: "device0001", outcome: "cut", hop: "gate", action: "reset", durationSeconds: 0 },
    { device: "device0002", outcome: "cut", hop: "gate", action: "reset", durationSeconds: 15 },
  ]);
});
