import { expect, test } from "vitest";
import type { Ladder } from "../../../src/report/report.ts";
import { ladderCharts, ladderLegend } from "../../../src/report/svg/ladder-chart.ts";
import { figureOf } from "../../../src/report/svg/picture.ts";
import { ladder, rungRow } from "../../support/ladders.ts";
import { overlapsIn, pictureOf, textsOf } from "../../support/pictures.ts";

const CARRIER = { name: "carrier", idleTimeoutSeconds: 780 };
const FAILED = rungRow(480, { outcome: "expired", ending: "silence", heartbeatIntervalSeconds: 900 });

function drawn(run: Ladder, carrier: Parameters<typeof ladderCharts>[1] = CARRIER) {
  const [panel] = ladderCharts([run], carrier);
  if (panel === undefined) throw new Error("no panel was drawn");
  return { panel, picture: pictureOf(figureOf(panel, "a").markup) };
}

test("every request is a bar, failed ones have a cross, and those ended by mail a disc", () => {
  const rows = [rungRow(0), FAILED, rungRow(1500, { outcome: "changes", ending: "changes" })];
  const { panel, picture } = drawn(ladder(rows));
  const classes = [...picture.getElementsByTagName("*")].map((each) => each.getAttribute("class"));
  for (const shape of ["bar-held", "bar-failed", "cross", "bar-changes", "bar-changes-dot", "bar-open"])
    expect(classes.filter((each) => each === shape)).toHaveLength(1);
  expect(panel.title).toBe("Today: 10 min");
  expect(panel.description).toBe(
    "Requests within 60 min behind a firewall of 10 min: 1 held, 1 ended by mail, 1 failed, 1 still parked; the longest held was 8 min.",
  );
});

test("time-outs are lines with their names, one that lies far above the bars is a name alone", () => {
  const { picture } = drawn(ladder([rungRow(0)], { idleTimeoutSeconds: 86_400 }));
  const texts = textsOf(picture).map(({ text }) => text);
  expect(texts).toContain("firewall 1440 min (above)");
  expect(texts).toContain("carrier 13 min");
  expect(
    [...picture.getElementsByTagName("line")].filter((each) => each.getAttribute("class") === "carrier"),
  ).toHaveLength(2);
  expect(
    [...picture.getElementsByTagName("line")].filter((each) => each.getAttribute("class") === "firewall"),
  ).toHaveLength(1);
});

test("a path without a carrier that forgets has no line for it", () => {
  const { picture } = drawn(ladder([FAILED]), { name: "none", idleTimeoutSeconds: null });
  expect(textsOf(picture).some(({ text }) => text.startsWith("carrier"))).toBe(false);
});

test("courses are drawn to one scale, and an empty one is drawn, too", () => {
  const empty = ladder([], { title: "Recommended", open: [] });
  const panels = ladderCharts([ladder([FAILED]), empty], CARRIER);
  const ticks = panels.map((panel) => textsOf(pictureOf(figureOf(panel, "a").markup)).map(({ text }) => text));
  expect(ticks[0]?.slice(2, -8)).toEqual(ticks[1]?.slice(2, -8));
  expect(panels[1]?.description).toMatch(/none; none was held to its end\.$/u);
  expect(ladderCharts([empty], { name: "none", idleTimeoutSeconds: null })).toHaveLength(1);
});

test("no text lies upon another", () => {
  expect(overlapsIn(drawn(ladder([rungRow(0), FAILED])).picture)).toEqual([]);
  expect(overlapsIn(pictureOf(figureOf(ladderLegend(), "a").markup))).toEqual([]);
});
