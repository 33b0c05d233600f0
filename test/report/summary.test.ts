import { expect, test } from "vitest";
import { NOT_MODELLED, recommendationSentence } from "../../src/report/summary.ts";
import { SIZE_BOUNDS, type SizeResult } from "../../src/sizing/size-result.ts";
import { sizeResult } from "../support/size-results.ts";

test("the recommendation is one sentence: what to set, what is set today, and what bounds it", () => {
  expect(recommendationSentence(sizeResult())).toBe(
    "Set the firewall's idle time-out to 14 min (840 s); today it is 5 min: a longer one gains nothing, for the carrier in front forgets sooner.",
  );
});

test("today's value is left out where it was not told", () => {
  const { settings, ...rest } = sizeResult();
  const untold: SizeResult = {
    ...rest,
    settings: { ...settings, firewall: { ...settings.firewall, todaySeconds: null } },
  };
  expect(recommendationSentence(untold)).toMatch(/^Set the firewall's idle time-out to 14 min \(840 s\): a longer/u);
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
