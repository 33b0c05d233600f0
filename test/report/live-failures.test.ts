import { expect, test } from "vitest";
import { failureChart } from "../../src/report/live-charts.ts";
import { countOf, endedByInterval, failedOf } from "../../src/report/live-failures.ts";
import { figureOf } from "../../src/report/svg/picture.ts";
import { liveState } from "../support/live-states.ts";
import { overlapsIn, pictureOf, textsOf } from "../support/pictures.ts";

const { ended } = liveState();

test("requests are counted by interval, the shortest first, and by outcome, failures first", () => {
  const { outcomes, intervals } = endedByInterval(ended);
  expect(outcomes).toEqual(["expired", "lost", "changes", "held", "rejected"]);
  expect(intervals.map((each) => [each.intervalSeconds, failedOf(each), countOf(each)])).toEqual([
    [480, 0, 3],
    [900, 2, 2],
    [undefined, 0, 2],
  ]);
  const backwards = endedByInterval(ended.toReversed());
  expect(backwards.intervals.map(({ intervalSeconds }) => intervalSeconds)).toEqual([480, 900, undefined]);
});

test("nothing has ended where nothing is told", () => {
  expect(endedByInterval([])).toEqual({ outcomes: [], intervals: [] });
});

test("failures are drawn in another shape, beside how many there are", () => {
  const mixed = [...ended, { heartbeatIntervalSeconds: 900, outcome: "held" }];
  const panel = failureChart(endedByInterval(mixed).intervals);
  const picture = pictureOf(figureOf(panel, "a").markup);
  expect(textsOf(picture).map(({ text }) => text)).toEqual(
    expect.arrayContaining(["8 min", "0 of 3 failed", "15 min", "2 of 3 failed", "not told", "0 of 2 failed"]),
  );
  expect(panel.description).toBe("8 min: 0 of 3 failed; 15 min: 2 of 3 failed; not told: 0 of 2 failed.");
  expect(picture.getElementsByTagName("path")).toHaveLength(2);
  expect(overlapsIn(picture)).toEqual([]);
});

test("no more than 40 intervals are drawn, those first that failed, and the others have a bar together", () => {
  const of = (heartbeatIntervalSeconds: number, outcome: string) => ({ heartbeatIntervalSeconds, outcome });
  const asked = Array.from({ length: 60 }, (_, index) => [of(60 + index, "held"), of(60 + index, "held")]).flat();
  const failing = Array.from({ length: 3 }, (_, index) => of(700 + index, "cut"));
  const panel = failureChart(endedByInterval([...asked, ...failing]).intervals);
  const said = panel.description.split("; ");
  expect(said).toHaveLength(41);
  expect([said[0], said[36], ...said.slice(37)]).toEqual([
    "1 min: 0 of 2 failed",
    "1 min 36 s: 0 of 2 failed",
    "11 min 40 s: 1 of 1 failed",
    "11 min 41 s: 1 of 1 failed",
    "11 min 42 s: 1 of 1 failed",
    "23 others: 0 of 46 failed.",
  ]);
  const picture = pictureOf(figureOf(panel, "a").markup);
  expect(textsOf(picture).map(({ text }) => text)).toContain("23 others");
  expect(overlapsIn(picture)).toEqual([]);
});

test("one interval more than are drawn is one other", () => {
  const asked = Array.from({ length: 41 }, (_, index) => ({ heartbeatIntervalSeconds: 60 + index, outcome: "held" }));
  const panel = failureChart(endedByInterval(asked).intervals);
  expect(panel.description.split("; ").at(-1)).toBe("1 other: 0 of 1 failed.");
});

test("of more than 40 intervals that failed, the others' bar has the rest", () => {
  const many = Array.from({ length: 60 }, (_, index) => ({ heartbeatIntervalSeconds: 60 + index, outcome: "cut" }));
  const panel = failureChart(endedByInterval([...many, ...many.slice(-30)]).intervals);
  expect(panel.description.split("; ").at(-1)).toBe("20 others: 20 of 20 failed.");
});
