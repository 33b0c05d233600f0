import { describe, expect, test } from "vitest";
import { PathEvidence } from "../../src/heartbeat/path-evidence.ts";
import { isRefusal, roundest } from "../../src/heartbeat/path-finding.ts";
import { isCrowded, isEvicting } from "../../src/heartbeat/path-crowd.ts";
import { between, layOut } from "../../src/heartbeat/path-rungs.ts";
import { concludeSides } from "../../src/heartbeat/path-sides.ts";
import { SETTINGS } from "../support/virtual-path.ts";

test.each([
  [1_796_000, 1_800_200, 1_800_000],
  [299_000, 301_000, 300_000],
  [61_000, 66_500, 65_000],
  [4010, 4140, 4140],
])("the roundest duration above %i ms and up to %i ms is %i ms", (alive, dead, round) => {
  expect(roundest(alive, dead)).toBe(round);
});

describe("a layout", () => {
  test("keeps to the flows that it may have", () => {
    const { rungs, secondWave } = layOut(SETTINGS);
    expect(rungs.length + secondWave).toBeLessThanOrEqual(SETTINGS.flowCount);
    expect(rungs[0]).toBe(SETTINGS.fromMs);
    expect(rungs.at(-1)).toBe(SETTINGS.toMs);
  });

  test("halves few flows, and makes do with a single one", () => {
    expect(layOut({ ...SETTINGS, flowCount: 8 })).toMatchObject({ secondWave: 4 });
    expect(layOut({ ...SETTINGS, flowCount: 2 })).toMatchObject({ rungs: [SETTINGS.toMs], secondWave: 1 });
  });

  test("has nothing between silences that are closer than the precision", () => {
    expect(between(1000, 1500, 1000, 5)).toEqual([]);
    expect(between(1000, 3000, 1000, 0)).toEqual([]);
    expect(between(1000, 1000, 1000, 5)).toEqual([]);
  });
});

test("no evidence agrees with everything", () => {
  const nothing = { aliveMs: 0, deadMs: undefined, agreement: 1, varies: false, contradicted: false };
  expect(new PathEvidence().bracket(5000, 1000)).toEqual(nothing);
});

describe("which side was cut first", () => {
  const common = {
    id: 1,
    role: "silent",
    askedAt: 0,
    openedAt: 0,
    deadAfterMs: 5000,
    dueMs: 0,
    spokeAt: 0,
    spokenAt: 0,
    saidAt: undefined,
  } as const;
  const witness = { ...common, seen: undefined, endedMs: undefined, judged: true };
  const end = { how: "rst", afterMs: 5000, answered: false } as const;
  /** The path's answer to what the server said after the silence. */
  const answer = { ...end, answered: true } as const;

  test.each([
    [5000, undefined, "device"],
    [undefined, end, "server"],
    [3000, end, "device"],
    [9000, end, "server"],
    [undefined, answer, "nobody"],
    [9000, answer, "device"],
  ] as const)("device after %s ms, server %j: %s", (endedMs, serverEnd, cutFirst) => {
    const report = serverEnd === undefined ? {} : { end: serverEnd };
    expect(concludeSides({ ...witness, endedMs }, [], report, 1000)).toMatchObject({ cutFirst });
  });

  test("is not known without a server's report", () => {
    expect(concludeSides(witness, [], undefined, 1000)).toEqual({ device: { atExpiry: "nothing" } });
  });
});

test("nothing is seen of a flow that there was not", () => {
  expect(concludeSides(undefined, [], {}, 1000)).toEqual({});
});

test("an HTTP answer refuses unless it is that of a proxy that waited too long", () => {
  expect([200, 401, 408, 429, 502, 503, 504, 524].filter((status) => isRefusal({ status }))).toEqual([
    200, 401, 429, 503,
  ]);
  expect(isRefusal("reset")).toBe(false);
});

test("tests without an opening before them were neither evicted nor crowded out", () => {
  const dead = { silenceMs: 5000, borne: false, told: true, openedAt: 0, knownAt: 5000 } as const;
  const alive = { ...dead, borne: true, silenceMs: 9000, order: 3 };
  expect(isEvicting([{ ...dead, order: 1 }, { ...dead, order: 2 }, alive], [], 1000)).toBe(false);
  expect(isCrowded([{ ...dead, order: 1 }], 5000, [], 1000)).toBe(false);
});
