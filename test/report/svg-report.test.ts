import { describe, expect, test } from "vitest";
import type { Report } from "../../src/report/report.ts";
import { svgReport } from "../../src/report/svg-report.ts";
import { ladder, rungRow } from "../support/ladders.ts";
import type { LiveState } from "../../src/report/live-state.ts";
import { liveState } from "../support/live-states.ts";
import { outsideReferences, overlapsIn, pictureOf, textsOf } from "../support/pictures.ts";
import { sizeResult } from "../support/size-results.ts";

const ladders = {
  kind: "ladders",
  device: "windows-mobile",
  carrier: { name: "carrier", idleTimeoutSeconds: 780 },
  runs: [ladder([rungRow(0)]), ladder([rungRow(0)], { title: "Recommended", idleTimeoutSeconds: 840 })],
} as const;
const none = { kind: "none", reason: "no device is given" } as const;

const REPORTS: readonly (readonly [string, Report, number])[] = [
  ["a whole result", { version: "1", size: { result: sizeResult(40), ladders } }, 8],
  ["a result of two rows", { version: "1", size: { result: sizeResult(2), ladders: none } }, 6],
  ["a result without rows", { version: "1", size: { result: sizeResult(0), ladders: none } }, 0],
  ["a running idlewall", { version: "1", live: liveState() }, 1],
  ["both", { version: "1", size: { result: sizeResult(), ladders }, live: liveState() }, 9],
  ["an idlewall that has seen nothing", { version: "1", live: liveState({ ended: [], bounds: [] }) }, 0],
  ["nothing", { version: "1" }, 0],
];

describe.each(REPORTS)("the picture of %s", (_, report, panels) => {
  const svg = svgReport(report);
  const picture = pictureOf(svg);

  test("stands alone: well-formed, with a title and a description, and nothing from outside", () => {
    expect(picture.getAttribute("xmlns")).toBe("http://www.w3.org/2000/svg");
    expect(picture.getElementsByTagName("title")).toHaveLength(1);
    expect(picture.getElementsByTagName("desc")).toHaveLength(1);
    expect(outsideReferences(svg)).toEqual([]);
  });

  test("has its panels, in which no text lies upon another or outside", () => {
    expect(textsOf(picture).filter(({ bottom, top }) => bottom - top > 11.5 && bottom - top < 13)).toHaveLength(panels);
    expect(overlapsIn(picture)).toEqual([]);
    const [width, height] = ["width", "height"].map((name) => Number(picture.getAttribute(name)));
    for (const { text, left, right, bottom } of textsOf(picture))
      expect([text, left >= 0, right <= Number(width), bottom <= Number(height)]).toEqual([text, true, true, true]);
  });
});

test("of a running idlewall it says what that recommends, the walls of the real path first, or that nothing was seen", () => {
  const saying = (live: LiveState) => textsOf(pictureOf(svgReport({ version: "1", live }))).map(({ text }) => text);
  const [wall, open] = liveState().bounds;
  if (wall === undefined || open === undefined) throw new Error("expected two networks");
  const many = [...Array.from({ length: 14 }, () => open), wall];
  expect(saying(liveState({ bounds: many })).slice(1, 15)).toEqual([
    "The carrier of 13 min bounds the heartbeat.",
    "Network 192.0.2.0/24: wall, held 7 min, failed at 7 min 20 s.",
    ...Array.from({ length: 11 }, () => "Network 198.51.100.0/24: open."),
    "And 3 other networks.",
  ]);
  expect(saying(liveState({ ended: [] }))).toContain("No request has ended yet, so there is nothing to draw.");
});

test("it says the recommendation above its panels, in lines that fit", () => {
  const texts = textsOf(pictureOf(svgReport({ version: "1", size: { result: sizeResult(), ladders } })));
  expect(texts.slice(0, 3).map(({ text }) => text)).toEqual([
    "Firewall idle time-out for Direct Push: 14 min (840 s)",
    "Set the firewall's idle time-out to 14 min (840 s), in place of today's 5 min: a longer one",
    "gains too little to matter, for the carrier in front of most devices forgets sooner.",
  ]);
});
