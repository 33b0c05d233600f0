import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layOut } from "../../src/heartbeat/path-rungs.ts";
import { searchThrough, SETTINGS } from "../support/virtual-path.ts";

const MINUTE = 60_000;
const IDLE_MS = 30 * MINUTE;
const REFRESHED = ["toServer", "toDevice"] as const;
const ALL_KEPT = ["toServer", "toDevice", "keepalive"] as const;
const FIRST_WAVE = layOut(SETTINGS).rungs.length;

/** That a bracket is narrow and holds the time-out. */
function expectBracket({ aliveMs, deadMs = Infinity }: { aliveMs: number; deadMs?: number }, idleMs: number): void {
  expect(aliveMs).toBeLessThan(idleMs);
  expect(deadMs).toBeGreaterThanOrEqual(idleMs);
  expect(deadMs - aliveMs).toBeLessThanOrEqual(SETTINGS.precisionMs * 1.001);
}

describe("flows that are lost", () => {
  test.each([[[1]], [[5]], [[20]], [[40]], [[3, 30]], [[5, 6]], [[12, 25, 50]], [[FIRST_WAVE]]])(
    "%j of them do not hide the time-out behind them",
    (unlucky) => {
      const { finding } = searchThrough({ idleMs: IDLE_MS, refreshed: REFRESHED, unlucky });
      expect(finding).toMatchObject({ verdict: "idle-timeout", varies: false, refreshedBy: "either" });
      expectBracket(finding, IDLE_MS);
    },
  );

  test.each([[[1]], [[5]], [[20, 41]], [[FIRST_WAVE]]])(
    "%j of them end nothing where there is no time-out",
    (unlucky) => {
      expect(searchThrough({ unlucky }).finding).toMatchObject({ verdict: "longer", aliveMs: 60 * MINUTE });
    },
  );

  test("and were asked whether another's death is to be believed leave their own silence to be tried", () => {
    const { rungs } = layOut({ ...SETTINGS, flowCount: 116 });
    const idleMs = Math.ceil(rungs.at(-2) ?? 0);
    const path = { idleMs, refreshed: ALL_KEPT, unlucky: [rungs.length], strays: { 1: 0 } };
    const { finding } = searchThrough(path, { flowCount: 116 });
    expect(finding).toMatchObject({ verdict: "idle-timeout", aliveMs: rungs.at(-2) });
    expectBracket(finding, idleMs);
  });

  test.each([
    [2_341_842, 43, undefined, 3, { 21: 2_281_841 }],
    [2_858_157, 40, "reset", 1, { 25: 2_798_156 }],
    [2_858_157, 40, "closed", 1, { 25: 2_798_156 }],
    [180_000, 40, "closed", 8, {}],
  ] as const)(
    "are told from a time-out of %i ms where few of %i flows are left to ask (%s, %i lost, %j reset)",
    (idleMs, flowCount, tells, lost, strays) => {
      const path = { idleMs, refreshed: ALL_KEPT, unlucky: [lost], strays };
      const { finding } = searchThrough({ ...path, ...(tells !== undefined && { tells }) }, { flowCount });
      expect(finding).toMatchObject({ verdict: "idle-timeout", refreshedBy: "either" });
      expect(finding.aliveMs).toBeLessThan(idleMs);
      expect(finding.deadMs).toBeGreaterThan(idleMs - SETTINGS.precisionMs);
      expect(finding.deadMs).toBeLessThanOrEqual(idleMs + 2 * SETTINGS.precisionMs);
    },
  );

  test("are told from a time-out where nothing can be asked before its time", () => {
    for (const tells of [undefined, "reset"] as const)
      for (const idleMs of [20 * MINUTE, IDLE_MS, 45 * MINUTE])
        for (const stray of [4, 5, 6, 7, 8]) {
          const path = { idleMs, strays: { [stray]: 3 * MINUTE }, ...(tells !== undefined && { tells }) };
          const { finding } = searchThrough(path, { flowCount: 8, preset: true });
          expect([idleMs, stray, finding.verdict]).toEqual([idleMs, stray, "idle-timeout"]);
          expect(finding.aliveMs).toBeLessThan(idleMs);
          expect(finding.deadMs).toBeGreaterThan(idleMs - SETTINGS.precisionMs);
          expect(finding.deadMs).toBeLessThanOrEqual(idleMs + 2 * SETTINGS.precisionMs);
        }
  });

  test("do not hide it where flows are few either", () => {
    for (const unlucky of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const { finding } = searchThrough({ idleMs: IDLE_MS, unlucky: [unlucky] }, { flowCount: 8, preset: true });
      expect(finding.verdict).toBe("idle-timeout");
      expect(finding.aliveMs).toBeLessThan(IDLE_MS);
      expect(finding.deadMs).toBeGreaterThanOrEqual(IDLE_MS - SETTINGS.precisionMs);
    }
  });

  test.each([
    [1, 20_000],
    [40, 9 * MINUTE],
    [50, 9 * MINUTE],
    [FIRST_WAVE, 9 * MINUTE],
    [FIRST_WAVE + 6, 9 * MINUTE],
  ])("by an RST of anything, number %i at %i ms, are no instant that the path told", (id, atMs) => {
    const strays = { [id]: atMs };
    expect(searchThrough({ strays }).finding).toMatchObject({ verdict: "longer", told: false, aliveMs: 60 * MINUTE });
    const { finding } = searchThrough({ strays, idleMs: IDLE_MS, refreshed: REFRESHED });
    expect(finding).toMatchObject({ verdict: "idle-timeout", told: false, device: { atExpiry: "nothing" } });
    expectBracket(finding, IDLE_MS);
  });
});

describe("a path that tells", () => {
  test("has shown what age does before it is asked what kept flows alive", () => {
    for (const tells of ["reset", "closed", { status: 504 }] as const) {
      const finding = searchThrough({ ageMs: 13 * MINUTE, tells }).finding;
      expect(finding).toMatchObject({ verdict: "lifetime", refreshedBy: "neither", deadMs: 13 * MINUTE });
    }
  });

  test.each([
    [["toServer"], "toServer"],
    [["toDevice"], "toDevice"],
  ] as const)("is refreshed as it is: %j", (refreshed, refreshedBy) => {
    const { finding } = searchThrough({ idleMs: 13 * MINUTE, tells: "reset", refreshed });
    expect(finding).toMatchObject({ verdict: "idle-timeout", told: true, refreshedBy });
  });

  test("of one flow only asks further ones where the first that was asked was lost as well", () => {
    const strays = { 40: 9 * MINUTE };
    const { finding } = searchThrough({ strays, unlucky: [FIRST_WAVE], idleMs: IDLE_MS, refreshed: REFRESHED });
    expect(finding).toMatchObject({ verdict: "idle-timeout", told: false });
    expectBracket(finding, IDLE_MS);
  });

  test("and loses some of what it tells is found all the same", () => {
    const { finding } = searchThrough({
      idleMs: 13 * MINUTE,
      tells: "reset",
      refreshed: REFRESHED,
      unlucky: [FIRST_WAVE],
    });
    expect(finding).toMatchObject({ verdict: "idle-timeout", told: true, deadMs: 13 * MINUTE });
  });
});

describe("an outage is no lifetime", () => {
  const at = 20 * MINUTE;

  test.each([
    ["silent, for ever", { outage: { at, until: Infinity } }],
    ["silent, and soon over", { outage: { at, until: at + 5000 } }],
    ["told, for ever", { outage: { at, until: Infinity }, tells: "closed" }],
    ["told, by a server that is back at once", { outage: { at, until: at + 2000 }, tells: "closed", forgets: true }],
    ["told, early", { outage: { at: 50_000, until: 52_000 }, tells: "closed", forgets: true }],
    ["told by RST, and soon over", { outage: { at, until: at + 2000 }, tells: "reset" }],
  ] as const)("%s", (_, path) => {
    const { finding } = searchThrough(path);
    expect(finding.verdict).toBe("outage");
    expect(finding.deadMs).toBeUndefined();
  });

  test("nor a time-out below the shortest silence, where the server is gone before that is tried alone", () => {
    const { finding } = searchThrough({ idleMs: 10_000, outage: { at: 63_000, until: Infinity } });
    expect(finding.verdict).toBe("outage");
  });

  test("and no time-out where flows are few", () => {
    const { finding } = searchThrough({ outage: { at, until: Infinity } }, { flowCount: 8 });
    expect(finding.verdict).toBe("outage");
  });
});

describe("answers that refuse", () => {
  test("come too early to be a path's", () => {
    expect(searchThrough({ refused: { from: 1, how: { status: 504 } } }).finding).toMatchObject({ testCount: 0 });
    const { finding } = searchThrough({ refused: { from: 41, how: { status: 502 } }, idleMs: 10 * MINUTE });
    expect(finding).toMatchObject({ verdict: "idle-timeout", agreement: 1 });
    expect(finding.refreshedBy).toBeUndefined();
    expect(finding.failedCount).toBeGreaterThan(20);
  });
});

test.each([[[FIRST_WAVE]], [[1]], [[FIRST_WAVE + 1, FIRST_WAVE + 2]], [[70, 71]]])(
  "flows %j that never open hold up nothing",
  (stuck) => {
    expect(searchThrough({ stuck }).finding).toMatchObject({ verdict: "longer" });
    const { finding } = searchThrough({ stuck, idleMs: IDLE_MS });
    expect(finding.verdict).toBe(stuck.includes(FIRST_WAVE + 2) ? "idle-timeout" : finding.verdict);
    expectBracket(finding, IDLE_MS);
  },
);

describe("a table of flows that evicts is found", () => {
  const sizes = [5, 10, 25, 40, 55, 59, 60, 61, 62, 63, 65, 68, 70, 72, 74];

  test.each(sizes)("silently, of %i", (most) => {
    expect(searchThrough({ most, refreshed: REFRESHED }).finding.verdict).toBe("evicts");
  });

  test.each(sizes)("by RST, of %i", (most) => {
    expect(searchThrough({ most, tells: "reset", refreshed: REFRESHED }).finding.verdict).toBe("evicts");
  });
});

test("a time-out that ends some flows just within a moment of others' opening, and more after it, is no crowd", () => {
  const { secondWave, secondAfterMs } = layOut(SETTINGS);
  const idleMs = (id: number): number =>
    secondAfterMs + SETTINGS.graceMs / 2 + (id > FIRST_WAVE - secondWave ? -100 : 100);
  const { finding } = searchThrough({ idleMs, tells: "reset", refreshed: REFRESHED });
  expect(finding).toMatchObject({ verdict: "idle-timeout", told: true, refreshedBy: "either" });
});

test("a time-out that had to be tried alone is told of both sides, and not what keeps flows alive", () => {
  const flowCount = 40;
  const idleMs = layOut({ ...SETTINGS, flowCount }).secondAfterMs + 1000;
  const report = { end: { how: "rst", afterMs: idleMs, answered: false } } as const;
  const { finding } = searchThrough({ idleMs, tells: "reset", refreshed: REFRESHED, report }, { flowCount });
  expect(finding).toMatchObject({
    verdict: "idle-timeout",
    device: { atExpiry: "reset" },
    server: { atExpiry: "rst" },
  });
  expect(finding.refreshedBy).toBeUndefined();
});

/** Whole ms around a middle, another for each flow, the same each time. */
function jittered(middleMs: number, spreadMs: number): (id: number) => number {
  return (id) => middleMs - spreadMs + ((id * 7919) % 1009) * ((2 * spreadMs) / 1009);
}

describe("a time-out that varies", () => {
  test.each([
    [IDLE_MS, 3000],
    [IDLE_MS, 10_000],
    [5 * MINUTE, 10_000],
    [13 * MINUTE, 6000],
  ])("around %i ms by %i ms is told as wide as it is", (middleMs, spreadMs) => {
    for (const tells of [undefined, "reset"] as const) {
      const path = {
        idleMs: jittered(middleMs, spreadMs),
        refreshed: REFRESHED,
        ...(tells !== undefined && { tells }),
      };
      const { finding } = searchThrough(path);
      expect(finding).toMatchObject({ verdict: "idle-timeout", refreshedBy: "either" });
      expect(finding.aliveMs).toBeLessThan(middleMs + spreadMs);
      expect(finding.aliveMs).toBeGreaterThan(middleMs - spreadMs - 80_000);
      expect(finding.deadMs).toBeGreaterThan(middleMs - spreadMs);
      expect(finding.deadMs).toBeLessThan(middleMs + spreadMs + SETTINGS.precisionMs);
    }
  });

  test("below the shortest silence is no eviction", () => {
    for (const tells of [undefined, "reset"] as const) {
      const { finding } = searchThrough({
        idleMs: jittered(20_000, 8000),
        refreshed: REFRESHED,
        ...(tells !== undefined && { tells }),
      });
      expect(finding.verdict).toBe("shorter");
    }
  });

  test("by minutes, as of two firewalls that share the flows, is inconsistent", () => {
    const idleMs = (id: number): number => (id % 2 === 0 ? 5 : 30) * MINUTE;
    expect(searchThrough({ idleMs, refreshed: REFRESHED }).finding.verdict).toBe("inconsistent");
    expect(searchThrough({ idleMs, refreshed: REFRESHED, tells: "reset" }).finding.verdict).toBe("inconsistent");
  });
});

test("a time-out is found to the precision however it ends flows, whatever few of them are lost", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 180_000, max: 3_599_000 }),
      fc.integer({ min: 40, max: 120 }),
      fc.constantFrom(undefined, "reset", "closed"),
      fc.integer({ min: 1, max: 110 }),
      fc.record({ id: fc.integer({ min: 1, max: 110 }), atMs: fc.integer({ min: 0, max: 3_600_000 }) }),
      (idleMs, flowCount, tells, lost, stray) => {
        fc.pre(Math.abs(stray.atMs - idleMs) > MINUTE);
        const path = { idleMs, refreshed: ALL_KEPT, unlucky: [lost], strays: { [stray.id]: stray.atMs } };
        const { finding } = searchThrough({ ...path, ...(tells !== undefined && { tells }) }, { flowCount });
        expect(finding.verdict).toBe("idle-timeout");
        expect(finding.deadMs).toBeGreaterThan(idleMs - 7 * SETTINGS.precisionMs);
        expect(finding.aliveMs).toBeLessThan(idleMs);
        expect(finding.deadMs).toBeLessThanOrEqual(idleMs + (finding.varies ? 7 : 2) * SETTINGS.precisionMs);
      },
    ),
    { numRuns: 100 },
  );
});

test("every search ends, whatever a path does", () => {
  fc.assert(
    fc.property(
      fc.record(
        {
          idleMs: fc.integer({ min: 1000, max: 4_000_000 }),
          ageMs: fc.integer({ min: 1000, max: 4_000_000 }),
          tells: fc.constantFrom("reset" as const, "closed" as const, { status: 504 }),
          most: fc.integer({ min: 1, max: 90 }),
          unlucky: fc.array(fc.integer({ min: 1, max: 200 })),
          unopened: fc.array(fc.integer({ min: 1, max: 200 })),
          stuck: fc.array(fc.integer({ min: 1, max: 200 })),
          outage: fc.record({
            at: fc.integer({ min: 0, max: 4_000_000 }),
            until: fc.integer({ min: 0, max: 8_000_000 }),
          }),
          forgets: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
      fc.integer({ min: 2, max: 120 }),
      fc.boolean(),
      (path, flowCount, preset) => {
        expect(searchThrough(path, { flowCount, preset }).finding.tookMs).toBeLessThan(20 * 3_600_000);
      },
    ),
    { numRuns: 150 },
  );
});
