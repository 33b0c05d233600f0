import { expect, test } from "vitest";
import { Pacing } from "../../src/heartbeat/pacing.ts";

test("pauses 15 s after a failure and twice as long after each further one, up to 4 min", () => {
  const pacing = new Pacing();
  const pauses = Array.from({ length: 6 }, () => pacing.failed());
  expect(pauses).toEqual([15_000, 30_000, 60_000, 120_000, 240_000, 240_000]);
});

test.each(["lasted", "succeeded"] as const)("begins again once a request %s", (what) => {
  const pacing = new Pacing();
  pacing.failed();
  pacing.remedied("Ping 3");
  pacing[what]();
  expect(pacing.remedied("Ping 3")).toBe(0);
  expect(pacing.failed()).toBe(15_000);
});

test("lets each remedy be tried once without a pause", () => {
  const pacing = new Pacing();
  expect([pacing.remedied("Ping 3"), pacing.remedied("Ping 4")]).toEqual([0, 0]);
  expect([pacing.remedied("Ping 3"), pacing.remedied("Ping 3")]).toEqual([15_000, 30_000]);
});

test("bears two announcements without a change, then pauses 5 min after each", () => {
  const pacing = new Pacing();
  const pauses = Array.from({ length: 4 }, () => pacing.foundNothing());
  expect(pauses).toEqual([0, 0, 300_000, 300_000]);
  pacing.lasted();
  expect(pacing.foundNothing()).toBe(300_000);
  pacing.succeeded();
  expect(pacing.foundNothing()).toBe(0);
});
