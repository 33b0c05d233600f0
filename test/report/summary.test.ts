import { expect, test } from "vitest";
import { NOT_MODELLED, recommendationSentence } from "../../src/report/summary.ts";
import { SIZE_BOUNDS, type SizeResult } from "../../src/sizing/size-result.ts";
import { sizeResult } from "../support/size-results.ts";

test("the recommendation is one sentence: what to set, what is set today, and what bounds it", () => {
  expect(recommendationSentence(sizeResult())).toBe(
    "Set the firewall's idle time-out to 14 min (840 s), in place of today's 5 min: a longer one gains too little to matter, for the carrier in front of most devices forgets sooner.",
  );
});

/** A result by which today's value, if any, does as well. */
function leaving(idleTimeoutSeconds?: number): SizeResult {
  const { recommendation, ...rest } = sizeResult();
  const today = idleTimeoutSeconds === undefined ? null : { idleTimeoutSeconds, suffices: true, reasons: [] };
  const advisedSeconds = idleTimeoutSeconds ?? recommendation.idleTimeoutSeconds;
  return { ...rest, recommendation: { ...recommendation, advisedSeconds, today } };
}

test("today's value is left out where it was not told", () => {
  expect(recommendationSentence(leaving())).toMatch(/^Set the firewall's idle time-out to 14 min \(840 s\): a longer/u);
});

test("where today's value is what is recommended, or does as well, it is to be left", () => {
  expect(recommendationSentence(leaving(840))).toMatch(
    /^Leave the firewall's idle time-out at 14 min \(840 s\): a longer/u,
  );
  expect(recommendationSentence(leaving(900))).toBe(
    "Leave the firewall's idle time-out at 15 min (900 s): 14 min (840 s), the shortest that does as well, gains nothing that matters.",
  );
});

test("each bound has words of its own", () => {
  const { recommendation, ...rest } = sizeResult();
  const said = SIZE_BOUNDS.map((boundBy) =>
    recommendationSentence({ ...rest, recommendation: { ...recommendation, boundBy } }),
  );
  expect(new Set(said).size).toBe(SIZE_BOUNDS.length);
});

test("what was not modelled is said in sentences", () => {
  expect(NOT_MODELLED.length).toBeGreaterThan(4);
  expect(NOT_MODELLED.filter((sentence) => !sentence.endsWith("."))).toEqual([]);
});
