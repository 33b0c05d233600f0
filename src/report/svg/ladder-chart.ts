import { element, type Markup, together } from "../markup.ts";
import { minutes } from "../ladder.ts";
import type { Ladder, LadderCarrier } from "../report.ts";
import { type PlotArea, timeAxis, verticalAxis } from "./axes.ts";
import { label, line, type Panel, type Place } from "./picture.ts";
import { type Rung, rungsOf, RUNG_KINDS, type RungKind, rungWords } from "./rungs.ts";
import { linearScale, type Scale, ticksTo } from "./scale.ts";

const WIDTH = 350;
const HEIGHT = 250;
const AREA: PlotArea = { left: 50, right: 336, top: 66, bottom: 206 };
const LEGEND_Y = 46;

/** How far above the longest interval a time-out is still drawn, as a multiple. */
const HEADROOM = 1.25;

/**
 * The courses of one device under several time-outs, a panel each, drawn to one scale: every request as a bar from when
 * it was asked until it ended, as high as the interval that it asked.
 */
export function ladderCharts(runs: readonly Ladder[], carrier: LadderCarrier): readonly Panel[] {
  const longest = Math.max(0, ...runs.flatMap((run) => rungsOf(run).map(({ intervalSeconds }) => intervalSeconds)));
  const limits = [carrier.idleTimeoutSeconds ?? 0, ...runs.map((run) => run.idleTimeoutSeconds)];
  const highest = Math.max(longest, ...limits.filter((each) => each <= longest * HEADROOM));
  return runs.map((run) => ladderChart(run, carrier, highest));
}

/** What bars of each kind look like, as a row of samples. */
export function ladderLegend(): Panel {
  const step = 116;
  const content = together(
    RUNG_KINDS.map((kind, index) => [
      bar(kind, { x: index * step, y: 6 }, { width: 16, height: 18 }),
      label(index * step + 22, 19, rungWords(kind)),
    ]),
  );
  const description = `Bars: ${RUNG_KINDS.map((kind) => rungWords(kind)).join(", ")}.`;
  return { width: RUNG_KINDS.length * step, height: 28, title: "What the bars mean", description, content };
}

function ladderChart(run: Ladder, carrier: LadderCarrier, highestSeconds: number): Panel {
  const rungs = rungsOf(run);
  const highest = highestSeconds / 60;
  const x = linearScale([0, run.durationSeconds], [AREA.left, AREA.right]);
  const y = linearScale([0, ticksTo(highest).at(-1) ?? 1], [AREA.bottom, AREA.top]);
  const title = `${run.title}: ${minutes(run.idleTimeoutSeconds)}`;
  const limits = [
    { name: "firewall", seconds: run.idleTimeoutSeconds },
    { name: "carrier", seconds: carrier.idleTimeoutSeconds },
  ];
  const content = together(
    label(0, 14, title, { class: "title" }),
    label(0, 29, "interval asked, min", { class: "quiet" }),
    verticalAxis(AREA, highest, y),
    rungs.map((rung) => drawRung(rung, x, y)),
    limits.map(({ name, seconds }, index) => limit(name, seconds, { index, y, highest })),
    timeAxis(AREA, { domain: [0, run.durationSeconds], scale: x, name: "time" }),
  );
  return { width: WIDTH, height: HEIGHT, title, description: descriptionOf(run, rungs), content };
}

/** A time-out as a line across the plot, and in the legend; one that lies above the plot is only named. */
function limit(
  name: string,
  seconds: number | null,
  { index, y, highest }: { readonly index: number; readonly y: Scale; readonly highest: number },
): Markup | undefined {
  if (seconds === null) return undefined;
  const left = index * 150;
  const above = seconds / 60 > highest;
  const at = y(seconds / 60);
  return together(
    line({ x: left, y: LEGEND_Y - 4 }, { x: left + 22, y: LEGEND_Y - 4 }, name),
    label(left + 27, LEGEND_Y, `${name} ${minutes(seconds)}${above ? " (above)" : ""}`),
    above ? undefined : line({ x: AREA.left, y: at }, { x: AREA.right, y: at }, name),
  );
}

function drawRung({ kind, atSeconds, endSeconds, intervalSeconds }: Rung, x: Scale, y: Scale): Markup {
  const [left, top] = [x(atSeconds), y(intervalSeconds / 60)];
  const width = Math.max(1, x(endSeconds) - left - 0.6);
  return bar(kind, { x: left, y: top }, { width, height: AREA.bottom - top });
}

/** A bar: full when it was held, with a disc when mail came, empty with a cross when it failed. */
function bar(kind: RungKind, { x, y }: Place, size: { readonly width: number; readonly height: number }): Markup {
  const middle = { x: x + size.width / 2, y };
  return together(
    element("rect", { x, y, ...size, class: `bar-${kind}` }),
    kind === "changes" ? element("circle", { cx: middle.x, cy: y, r: 2.4, class: "bar-changes-dot" }) : undefined,
    kind === "failed"
      ? element("path", { d: `M${middle.x.toFixed(1)} ${y.toFixed(1)}m-3.5 -3.5l7 7m0 -7l-7 7`, class: "cross" })
      : undefined,
  );
}

function descriptionOf(run: Ladder, rungs: readonly Rung[]): string {
  const counts = RUNG_KINDS.map((kind) => [kind, rungs.filter((rung) => rung.kind === kind).length] as const);
  const told = counts.filter(([, count]) => count > 0).map(([kind, count]) => `${count} ${rungWords(kind)}`);
  const longest = Math.max(0, ...rungs.filter(({ kind }) => kind === "held").map((rung) => rung.intervalSeconds));
  const held = longest === 0 ? "none was held to its end" : `the longest held was ${minutes(longest)}`;
  const within = `Requests within ${minutes(run.durationSeconds)} behind a firewall of ${minutes(run.idleTimeoutSeconds)}`;
  return `${within}: ${told.join(", ") || "none"}; ${held}.`;
}
