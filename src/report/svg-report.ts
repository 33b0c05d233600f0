import { titleOf } from "./html/page.ts";
import { failureChart } from "./live-charts.ts";
import { endedByInterval } from "./live-failures.ts";
import type { LiveBounds } from "./live-state.ts";
import { minutes } from "./ladder.ts";
import { element, type Markup } from "./markup.ts";
import type { Report } from "./report.ts";
import { sizeCharts } from "./size-charts.ts";
import { recommendationSentence } from "./summary.ts";
import { ladderCharts, ladderLegend } from "./svg/ladder-chart.ts";
import { label, moved, type Panel, textWidth } from "./svg/picture.ts";
import { PICTURE_STYLE } from "./svg/style.ts";

const WIDTH = 760;
const MARGIN = 20;
const GAP = 20;

/** The pictures of a report as one, which stands alone. */
export function svgReport(report: Report): string {
  const title = titleOf(report);
  const lead = leadOf(report).flatMap(wrapped);
  const top = MARGIN + 34 + lead.length * 17;
  const { placed, bottom } = arranged(panelsOf(report), top);
  const size = { width: WIDTH, height: bottom + MARGIN };
  const svg = element(
    "svg",
    { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${size.width} ${size.height}`, ...size, role: "img" },
    element("title", {}, title),
    element("desc", {}, [...lead, ...panelsOf(report).map(({ description }) => description)].join(" ")),
    element("style", {}, PICTURE_STYLE),
    element("rect", { ...size, class: "paper" }),
    label(MARGIN, MARGIN + 14, title, { class: "heading" }),
    lead.map((text, index) => label(MARGIN, MARGIN + 36 + index * 17, text, { class: "lead" })),
    placed,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg.markup}\n`;
}

/** What is recommended, and what is known of the real path, a sentence each. */
function leadOf({ size, live }: Report): readonly string[] {
  return [
    ...(size === undefined ? [] : [recommendationSentence(size.result)]),
    ...(live === undefined ? [] : [live.recommendation.text, ...boundsSentences(live.bounds)]),
    ...(live === undefined || live.ended.length > 0 ? [] : ["No request has ended yet, so there is nothing to draw."]),
  ];
}

/** So many networks are named: walls before what is open. */
const MOST_NETWORKS = 12;

function boundsSentences(bounds: readonly LiveBounds[]): readonly string[] {
  const walls = bounds.filter(({ state }) => state === "wall");
  const named = [...walls, ...bounds.filter(({ state }) => state !== "wall")].slice(0, MOST_NETWORKS);
  const left = bounds.length - named.length;
  return [...named.map(boundsSentence), ...(left === 0 ? [] : [`And ${left} other networks.`])];
}

function boundsSentence({ network, state, longestHeldSeconds, shortestFailedSeconds }: LiveBounds): string {
  const ends = [
    ...(longestHeldSeconds === undefined ? [] : [`held ${minutes(longestHeldSeconds)}`]),
    ...(shortestFailedSeconds === undefined ? [] : [`failed at ${minutes(shortestFailedSeconds)}`]),
  ];
  return `Network ${network}: ${[state, ...ends].join(", ")}.`;
}

function panelsOf({ size, live }: Report): readonly Panel[] {
  const { intervals } = endedByInterval(live?.ended ?? []);
  return [
    ...(size === undefined || size.result.rows.length === 0 ? [] : sizeCharts(size.result)),
    ...(size?.ladders.kind === "ladders"
      ? [ladderLegend(), ...ladderCharts(size.ladders.runs, size.ladders.carrier)]
      : []),
    ...(intervals.length === 0 ? [] : [failureChart(intervals)]),
  ];
}

/** Panels from left to right, in rows as wide as the picture. */
function arranged(
  panels: readonly Panel[],
  top: number,
): { readonly placed: readonly Markup[]; readonly bottom: number } {
  let [x, y, rowHeight] = [MARGIN, top, 0];
  const placed = panels.map(({ width, height, content }) => {
    if (x + width > WIDTH - MARGIN && x > MARGIN) [x, y, rowHeight] = [MARGIN, y + rowHeight + GAP, 0];
    const panel = moved(x, y, content);
    [x, rowHeight] = [x + width + GAP, Math.max(rowHeight, height)];
    return panel;
  });
  return { placed, bottom: y + rowHeight };
}

/** A sentence in lines that fit. */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = `${lines.at(-1) ?? ""} ${word}`.trim();
    if (lines.length > 0 && textWidth(longer, 12) <= WIDTH - 2 * MARGIN) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
