import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { layOut } from "../../src/heartbeat/path-rungs.ts";
import { PathSearch } from "../../src/heartbeat/path-search.ts";
import { searchThrough, SETTINGS } from "../support/virtual-path.ts";

const MINUTE = 60_000;
const REFRESHED = ["toServer", "toDevice"] as const;

describe("a path that forgets silently", () => {
  test("is found at 30 minutes to 5 s in little more than 35 minutes", () => {
    const { finding } = searchThrough({ idleMs: 30 * MINUTE, refreshed: REFRESHED });
    expect(finding).toMatchObject({ verdict: "idle-timeout", told: false, agreement: 1, refreshedBy: "either" });
    expect(finding.aliveMs).toBeLessThan(30 * MINUTE);
    expect(finding.deadMs).toBeGreaterThanOrEqual(30 * MINUTE);
    expect((finding.deadMs ?? 0) - finding.aliveMs).toBeLessThanOrEqual(5100);
    expect(finding.tookMs).toBeLessThan(36 * MINUTE);
  });

  test("is bracketed to the precision, wherever its time-out is and however many flows there are", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 31_000, max: 3_599_000 }),
        fc.integer({ min: 4, max: 120 }),
        fc.constantFrom(1000, 5000, 60_000),
        fc.boolean(),
        (idleMs, flowCount, precisionMs, preset) => {
          const { finding } = searchThrough({ idleMs, refreshed: REFRESHED }, { flowCount, precisionMs, preset });
          const { aliveMs, deadMs = 0 } = finding;
          expect(finding.verdict).toBe("idle-timeout");
          expect(aliveMs).toBeLessThan(idleMs);
          expect(deadMs).toBeGreaterThanOrEqual(idleMs);
          expect(deadMs - aliveMs).toBeLessThanOrEqual(precisionMs * 1.001);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("a path that tells when it ends a flow", () => {
  test.each(["reset", "closed", { status: 504 }] as const)("is found at that instant: %j", (tells) => {
    const { finding } = searchThrough({
      idleMs: 13 * MINUTE,
      tells,
      refreshed: REFRESHED,
      report: { end: { how: "rst", afterMs: 13 * MINUTE, answered: false } },
    });
    expect(finding).toMatchObject({
      verdict: "idle-timeout",
      told: true,
      deadMs: 13 * MINUTE,
      device: { atExpiry: tells },
      server: { atExpiry: "rst", onSend: "rst" },
      cutFirst: "together",
      refreshedByKeepalive: false,
    });
  });

  test("is found below the shortest silence that is tried", () => {
    const { finding } = searchThrough({ idleMs: 20_000, tells: "reset", refreshed: REFRESHED });
    expect(finding).toMatchObject({ verdict: "idle-timeout", told: true, aliveMs: 0, deadMs: 20_000 });
  });

  test("is asked again with one flow when others were opened at that very time, as many as died", () => {
    const { secondAfterMs } = layOut({ ...SETTINGS, flowCount: 8 });
    const few = searchThrough({ idleMs: secondAfterMs + 1000, tells: "reset", refreshed: REFRESHED }, { flowCount: 8 });
    expect(few.finding).toMatchObject({ verdict: "idle-timeout", deadMs: secondAfterMs + 1000 });
    expect(few.finding.refreshedBy).toBeUndefined();
    const many = searchThrough({ idleMs: SECOND_WAVE_MS + 1000, tells: "reset", refreshed: REFRESHED });
    expect(many.finding).toMatchObject({ deadMs: SECOND_WAVE_MS + 1000, refreshedBy: "either" });
  });
});

/** With the settings of the helper. */
const SECOND_WAVE_MS = layOut(SETTINGS).secondAfterMs;

describe("what keeps a flow alive is told:", () => {
  test.each([
    [["toServer"], "toServer", false],
    [["toDevice", "keepalive"], "toDevice", true],
  ] as const)("%j", (refreshed, refreshedBy, refreshedByKeepalive) => {
    const { finding } = searchThrough({ idleMs: 4 * MINUTE, refreshed });
    expect(finding).toMatchObject({ verdict: "idle-timeout", refreshedBy, refreshedByKeepalive });
  });

  test("nothing does where age ends flows", () => {
    expect(searchThrough({ ageMs: 4 * MINUTE }).finding).toMatchObject({ verdict: "lifetime", refreshedBy: "neither" });
  });
});

test("the device's side says what it saw when it sent on an expired flow", () => {
  const { finding } = searchThrough({ idleMs: 4 * MINUTE, refreshed: REFRESHED, onSend: "reset", report: {} });
  expect(finding).toMatchObject({
    device: { atExpiry: "nothing", onSend: "reset" },
    server: { atExpiry: "nothing", onSend: "nothing" },
    cutFirst: "nobody",
  });
});

describe("a path that bears", () => {
  test("every silence has no time-out up to the longest", () => {
    expect(searchThrough({}).finding).toMatchObject({ verdict: "longer", aliveMs: 60 * MINUTE, agreement: 1 });
  });

  test("not even the shortest silence has a shorter one", () => {
    const { finding } = searchThrough({ idleMs: 10_000 });
    expect(finding).toMatchObject({ verdict: "shorter", aliveMs: 0, deadMs: 30_000 });
  });

  test("few flows only evicts the oldest, whatever their silence", () => {
    expect(searchThrough({ most: 20 }).finding.verdict).toBe("evicts");
    expect(searchThrough({ most: 60 }).finding.verdict).toBe("evicts");
  });
});

test("flows that do not come about say nothing", () => {
  const { finding } = searchThrough({ idleMs: 4 * MINUTE, refreshed: REFRESHED, unopened: [1, 7, 30] });
  expect(finding).toMatchObject({ verdict: "idle-timeout", agreement: 1 });
  const mute = layOut(SETTINGS).rungs.length + 1;
  const unsaid = searchThrough({ idleMs: 4 * MINUTE, refreshed: REFRESHED, unopened: [mute] });
  expect(unsaid.finding.device).toEqual({ atExpiry: "nothing" });
  const gap = searchThrough({ idleMs: 4 * MINUTE, refreshed: REFRESHED, unopened: [5, 6, 7, 8, 9, 10, 11, 12, 13] });
  expect(gap.finding).toMatchObject({ verdict: "idle-timeout", agreement: 1 });
  const none = searchThrough({ unopened: Array.from({ length: 200 }, (_, index) => index + 1) });
  expect(none.finding.testCount).toBe(0);
});

test("Pings are asked in whole seconds, and nothing but silence is tried", () => {
  const { finding, effects } = searchThrough({ idleMs: 8 * MINUTE }, { preset: true, flowCount: 8, precisionMs: 1000 });
  expect(finding).toMatchObject({ verdict: "idle-timeout", aliveMs: 8 * MINUTE - 1000, deadMs: 8 * MINUTE });
  const opened = effects.flatMap((effect) => (effect.kind === "open" ? [effect] : []));
  for (const { role, silenceMs = 0.5 } of opened) {
    expect(role).toBe("silent");
    expect(silenceMs % 1000).toBe(0);
  }
});

test("a search that is over, or has not begun, asks for nothing", () => {
  const { search } = searchThrough({});
  expect(search.handle({ kind: "start" }, 0)).toEqual([]);
  expect(search.nextDeadline()).toBeUndefined();
  const fresh = new PathSearch(SETTINGS);
  expect(fresh.nextDeadline()).toBeUndefined();
  expect(fresh.handle({ kind: "failed", id: 9 }, 0)).toEqual([]);
  expect(fresh.handle({ kind: "start" }, 0)).not.toEqual([]);
  expect(fresh.handle({ kind: "start" }, 0)).toEqual([]);
  expect(fresh.handle({ kind: "inspected", id: 1, report: {} }, 0)).toEqual([]);
  expect(fresh.handle({ kind: "ended", id: 1, how: "reset" }, 0)).toEqual([]);
});

test("an answer before the server was asked bears the silence that there was, and what comes for nobody is ignored", () => {
  const search = new PathSearch({ ...SETTINGS, flowCount: 4, preset: true });
  search.handle({ kind: "start" }, 0);
  search.handle({ kind: "opened", id: 1 }, 0);
  expect(search.handle({ kind: "ended", id: 1, how: "answered" }, 29_000)).toEqual([
    { kind: "found", aliveMs: 29_000, deadMs: undefined },
  ]);
  expect(search.handle({ kind: "ended", id: 1, how: "reset" }, 29_001)).toEqual([]);
});

test("a flow that fails at the end changes nothing", () => {
  const search = new PathSearch({ ...SETTINGS, toMs: 31_000, flowCount: 4, precisionMs: 60_000 });
  search.handle({ kind: "start" }, 0);
  for (const id of [1, 2, 3, 4, 5]) search.handle({ kind: "opened", id }, 0);
  search.handle({ kind: "ended", id: 1, how: "answered" }, 30_000);
  search.handle({ kind: "ended", id: 2, how: "reset" }, 30_500);
  const asked = search.expire(40_500);
  expect(asked.map(({ kind }) => kind)).toContain("speak");
  expect(search.handle({ kind: "failed", id: 5 }, 40_600)).toEqual([]);
  expect(search.handle({ kind: "inspected", id: 2, report: {} }, 40_700)).toEqual([]);
  expect(search.expire(50_499)).toEqual([]);
  expect(search.expire(50_500)).toEqual([{ kind: "inspect", id: 2 }]);
  expect(search.nextDeadline()).toBeUndefined();
});
