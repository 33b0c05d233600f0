import { titleOf } from "./html/page.ts";
import { failureChart } from "./live-charts.ts";
import { endedByInterval } from "./live-failures.ts";
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
  const lead = report.size === undefined ? [] : wrapped(recommendationSentence(report.size.result));
  const top = MARGIN + 24 + lead.length * 17;
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
