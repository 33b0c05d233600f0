import { minutes } from "./ladder.ts";
import { countOf, failedOf, type IntervalOutcomes } from "./live-failures.ts";
import { element, type Markup, together } from "./markup.ts";
import { label, type Panel } from "./svg/picture.ts";
import { linearScale } from "./svg/scale.ts";

const WIDTH = 720;
const ROW_PX = 22;
const TOP = 48;
const LEFT = 90;
const RIGHT = 560;

/** Bars of one interval each that are drawn at most; the others have one bar together. */
const MOST_BARS = 40;

/** A bar: the requests of one interval, or of all that have none of their own. */
interface Bar {
  readonly name: string;
  readonly failed: number;
  readonly count: number;
}

/** How many requests of each interval failed, as bars: failed ones empty with a cross, others full. */
export function failureChart(intervals: readonly IntervalOutcomes[]): Panel {
  const bars = barsOf(intervals);
  const most = Math.max(...bars.map(({ count }) => count));
  const scale = linearScale([0, most], [0, RIGHT - LEFT]);
  const title = "Failed and other requests, by the interval asked";
  const content = together(
    label(0, 14, title, { class: "title" }),
    sample("failed", 0, "failed"),
    sample("held", 90, "other endings"),
    bars.map((each, index) => row(each, TOP + index * ROW_PX, scale)),
  );
  const description = bars.map((each) => `${each.name}: ${words(each)}`);
  const height = TOP + bars.length * ROW_PX;
  return { width: WIDTH, height, title, description: `${description.join("; ")}.`, content };
}

/** Those that failed most often, then those that were asked most often, in their order; then all others. */
function barsOf(intervals: readonly IntervalOutcomes[]): readonly Bar[] {
  const ranked = intervals.toSorted((one, other) => failedOf(other) - failedOf(one) || countOf(other) - countOf(one));
  const chosen = new Set(ranked.slice(0, MOST_BARS));
  const bars = intervals.filter((each) => chosen.has(each)).map(barOf);
  const others = intervals.filter((each) => !chosen.has(each)).map(barOf);
  if (others.length === 0) return bars;
  const sum = (of: (bar: Bar) => number): number => others.reduce((total, bar) => total + of(bar), 0);
  const name = others.length === 1 ? "1 other" : `${others.length} others`;
  return [...bars, { name, failed: sum(({ failed }) => failed), count: sum(({ count }) => count) }];
}

function barOf(each: IntervalOutcomes): Bar {
  return { name: nameOf(each), failed: failedOf(each), count: countOf(each) };
}

function row({ name, failed, count }: Bar, y: number, scale: (count: number) => number): Markup {
  const [failedPx, allPx] = [scale(failed), scale(count)];
  return together(
    label(LEFT - 8, y + 14, name, { anchor: "end" }),
    failed === 0 ? undefined : box("failed", LEFT, y, failedPx),
    allPx === failedPx ? undefined : box("held", LEFT + failedPx, y, allPx - failedPx),
    label(LEFT + allPx + 8, y + 14, words({ failed, count }), { class: "quiet" }),
  );
}

function sample(kind: "failed" | "held", x: number, text: string): Markup {
  return together(box(kind, x, 24, 16), label(x + 22, 38, text));
}

function box(kind: "failed" | "held", x: number, y: number, width: number): Markup {
  const middle = x + width / 2;
  return together(
    element("rect", { x, y: y + 3, width, height: 14, class: `bar-${kind}` }),
    kind === "held"
      ? undefined
      : element("path", { d: `M${middle.toFixed(1)} ${y + 10}m-3.5 -3.5l7 7m0 -7l-7 7`, class: "cross" }),
  );
}

function words({ failed, count }: Pick<Bar, "failed" | "count">): string {
  return `${failed} of ${count} failed`;
}

function nameOf({ intervalSeconds }: IntervalOutcomes): string {
  return intervalSeconds === undefined ? "not told" : minutes(intervalSeconds);
}
