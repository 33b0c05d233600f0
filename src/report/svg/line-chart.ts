import { element, type Markup, together } from "../markup.ts";
import { type PlotArea, timeAxis, verticalAxis } from "./axes.ts";
import { drawMarks, type Mark } from "./marks.ts";
import { label, type Panel, type Place, textWidth } from "./picture.ts";
import { type Interval, linearScale, type Scale, ticksTo } from "./scale.ts";

/** Curves over durations. */
export interface LineChart {
  readonly title: string;
  /** What the vertical axis counts. */
  readonly unit: string;
  readonly description: string;
  readonly xName: string;
  /** In s. */
  readonly xDomain: Interval;
  /** Three at most: so many kinds of line are told apart without colour. */
  readonly curves: readonly Curve[];
  readonly marks: readonly Mark[];
  /** What the shaded area of a single curve means. */
  readonly shade?: string;
}

/** One curve; where nothing is known it has a gap. */
export interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

/** A point of a curve, with its uncertainty where that is known. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number | null;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

const WIDTH = 350;
const HEIGHT = 242;
const AREA: PlotArea = { left: 50, right: 336, top: 84, bottom: 200 };
const LEGEND_Y = 46;
const MARKS_Y = 65;

/** Above so many points a curve shows its line alone. */
const MOST_DOTS = 30;

/** A chart as a panel; curves are told apart by their dots and dashes, not by colour alone. */
export function lineChart(chart: LineChart): Panel {
  const { title, description, unit, curves, xDomain, marks } = chart;
  const shade = curves.some(({ points }) => hasBand(points)) ? chart.shade : undefined;
  const largest = Math.max(0, ...curves.flatMap(({ points }) => points.flatMap(({ y, high }) => [y ?? 0, high ?? 0])));
  const x = linearScale(xDomain, [AREA.left, AREA.right]);
  const y = linearScale([0, ticksTo(largest).at(-1) ?? 1], [AREA.bottom, AREA.top]);
  const content = together(
    label(0, 14, title, { class: "title" }),
    label(0, 29, unit, { class: "quiet" }),
    curves.length > 1 ? legend(curves) : undefined,
    shade === undefined ? undefined : label(0, LEGEND_Y, `shaded: ${shade}`, { class: "quiet" }),
    verticalAxis(AREA, largest, y),
    timeAxis(AREA, { domain: xDomain, scale: x, name: chart.xName }),
    curves.map(({ points }, index) => band(points, { x, y, kind: kindOf(index) })),
    drawMarks(marks, { width: WIDTH, scale: x, textY: MARKS_Y, bottom: AREA.bottom }),
    curves.map(({ points }, index) => drawCurve(points, { x, y, kind: kindOf(index) })),
    marks.filter(({ kind }) => kind === "recommended").map(({ at }) => knee(curves[0]?.points ?? [], at, { x, y })),
  );
  return { width: WIDTH, height: HEIGHT, title, description, content };
}

/** Where curves are drawn, and how. */
interface Pen {
  readonly x: Scale;
  readonly y: Scale;
  readonly kind: CurveKind;
}

/** Each has a dash, a dot and a colour of its own. */
type CurveKind = "first" | "second" | "third";

function kindOf(index: number): CurveKind {
  return index === 0 ? "first" : index === 1 ? "second" : "third";
}

/** What is known of a point, one run of known points after the other. */
function runsOf(points: readonly CurvePoint[], { x, y }: Pick<Pen, "x" | "y">): readonly (readonly Place[])[] {
  const runs: Place[][] = [[]];
  for (const point of points) {
    if (point.y === null) runs.push([]);
    else runs.at(-1)?.push({ x: x(point.x), y: y(point.y) });
  }
  return runs.filter((run) => run.length > 0);
}

function drawCurve(points: readonly CurvePoint[], pen: Pen): Markup {
  const runs = runsOf(points, pen);
  const dotted = points.length <= MOST_DOTS;
  return element(
    "g",
    { class: pen.kind },
    runs.map((run) => element("path", { d: pathOf(run), class: "curve" })),
    runs.flatMap((run) => (dotted || run.length === 1 ? run.map((at) => dot(at, pen.kind)) : [])),
  );
}

/** What lies between the low and the high ends of neighbouring points. */
function band(points: readonly CurvePoint[], { x, y, kind }: Pen): Markup | undefined {
  if (!hasBand(points)) return undefined;
  const known = points.flatMap(({ x: at, y: value, low = value, high = value }) =>
    low === null || high === null ? [] : [{ at, low: Math.max(0, low), high }],
  );
  const edge = [
    ...known.map(({ at, high }) => ({ x: x(at), y: y(high) })),
    ...known.toReversed().map(({ at, low }) => ({ x: x(at), y: y(low) })),
  ];
  return element("path", { d: `${pathOf(edge)}Z`, class: `band ${kind}` });
}

function hasBand(points: readonly CurvePoint[]): boolean {
  return points.some(({ low, high }) => low !== high);
}

/** A ring around the point of the recommended value. */
function knee(points: readonly CurvePoint[], at: number, { x, y }: Pick<Pen, "x" | "y">): Markup | undefined {
  const point = points.find((each) => each.x === at);
  if (point === undefined || point.y === null) return undefined;
  return element("circle", { cx: x(at), cy: y(point.y), r: 6, class: "knee" });
}

function pathOf(places: readonly Place[]): string {
  return places.map(({ x, y }, index) => `${index === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

/** A disc, a square or a triangle. */
function dot({ x, y }: Place, kind: CurveKind): Markup {
  if (kind === "first") return element("circle", { cx: x, cy: y, r: 2.6, class: "dot" });
  const shape = kind === "second" ? "m-2.5 -2.5h5v5h-5Z" : "m0 -3.4l3.2 5.6h-6.4Z";
  return element("path", { d: `M${x.toFixed(1)} ${y.toFixed(1)}${shape}`, class: "dot" });
}

/** Names of curves in a row, each behind a sample of it. */
function legend(curves: readonly Curve[]): Markup {
  let left = 0;
  return element(
    "g",
    {},
    curves.map(({ name }, index) => {
      const [from, to] = [left, left + SAMPLE_PX];
      left = to + 5 + textWidth(name, 11) + 12;
      const kind = kindOf(index);
      const ends = [from, to].map((x) => ({ x, y: LEGEND_Y - 4 }));
      return element(
        "g",
        {},
        element(
          "g",
          { class: kind },
          element("path", { d: pathOf(ends), class: "curve" }),
          dot({ x: (from + to) / 2, y: LEGEND_Y - 4 }, kind),
        ),
        label(to + 5, LEGEND_Y, name),
      );
    }),
  );
}

const SAMPLE_PX = 26;
