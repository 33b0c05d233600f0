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

test("no more than 40 intervals are drawn, those that were asked most often, and the others are counted", () => {
  const many = Array.from({ length: 60 }, (_, index) => ({ heartbeatIntervalSeconds: 60 + index, outcome: "cut" }));
  const panel = failureChart(endedByInterval([...many, ...many.slice(-30)]).intervals);
  const said = panel.description.split("; ");
  expect(said).toHaveLength(41);
  expect([said[0], said[39]]).toEqual(["1 min: 1 of 1 failed", "1 min 59 s: 2 of 2 failed"]);
  expect(said[40]).toBe("20 intervals that were asked more seldom: in the table.");
  expect(overlapsIn(pictureOf(figureOf(panel, "a").markup))).toEqual([]);
});
