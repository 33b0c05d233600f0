import { expect, test } from "vitest";
import { RUNG_KINDS, rungsOf, rungWords } from "../../../src/report/svg/rungs.ts";
import { ladder, rungRow } from "../../support/ladders.ts";

test.each([
  ["held", "held", "held"],
  ["held", "silence", "failed"],
  ["changes", "changes", "changes"],
  ["changes", "silence", "failed"],
  ["expired", "silence", "failed"],
  ["cut", "reset", "failed"],
  ["lost", "closed", "failed"],
  ["rejected", "rejected", "other"],
  ["withdrawn", "held", "other"],
  ["serverFailed", "httpError", "other"],
] as const)("what was %s, and for the device %s, is drawn as %s", (outcome, ending, kind) => {
  expect(rungsOf(ladder([rungRow(0, { outcome, ending })]))[0]?.kind).toBe(kind);
});

test("no request reaches beyond the end of its course, and what waits ends there", () => {
  const rungs = rungsOf(ladder([rungRow(3200)]));
  expect(rungs).toEqual([
    { kind: "held", atSeconds: 3200, endSeconds: 3600, intervalSeconds: 480 },
    { kind: "open", atSeconds: 3300, endSeconds: 3600, intervalSeconds: 720 },
  ]);
});

test("each kind has words of its own", () => {
  expect(new Set(RUNG_KINDS.map(rungWords)).size).toBe(RUNG_KINDS.length);
});
