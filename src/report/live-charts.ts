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

/** Bars drawn at most, of the intervals that were asked most often: the others stand in the table. */
const MOST_BARS = 40;

/** How many requests of each interval failed, as bars: failed ones empty with a cross, others full. */
export function failureChart(intervals: readonly IntervalOutcomes[]): Panel {
  const shown = commonest(intervals);
  const left = intervals.length - shown.length;
  const rest = left === 0 ? undefined : `${left} intervals that were asked more seldom: in the table`;
  const most = Math.max(...shown.map(countOf));
  const scale = linearScale([0, most], [0, RIGHT - LEFT]);
  const title = "Failed and other requests, by the interval asked";
  const content = together(
    label(0, 14, title, { class: "title" }),
    sample("failed", 0, "failed"),
    sample("held", 90, "other endings"),
    shown.map((each, index) => row(each, TOP + index * ROW_PX, scale)),
    rest === undefined ? undefined : label(LEFT, TOP + shown.length * ROW_PX + 14, rest, { class: "quiet" }),
  );
  const description = [
    ...shown.map((each) => `${nameOf(each)}: ${words(each)}`),
    ...(rest === undefined ? [] : [rest]),
  ];
  const height = TOP + (shown.length + Number(left > 0)) * ROW_PX;
  return { width: WIDTH, height, title, description: `${description.join("; ")}.`, content };
}

/** In their order. */
function commonest(intervals: readonly IntervalOutcomes[]): readonly IntervalOutcomes[] {
  const chosen = new Set(intervals.toSorted((one, other) => countOf(other) - countOf(one)).slice(0, MOST_BARS));
  return intervals.filter((each) => chosen.has(each));
}

function row(each: IntervalOutcomes, y: number, scale: (count: number) => number): Markup {
  const failed = failedOf(each);
  const [failedPx, allPx] = [scale(failed), scale(countOf(each))];
  return together(
    label(LEFT - 8, y + 14, nameOf(each), { anchor: "end" }),
    failed === 0 ? undefined : box("failed", LEFT, y, failedPx),
    allPx === failedPx ? undefined : box("held", LEFT + failedPx, y, allPx - failedPx),
    label(LEFT + allPx + 8, y + 14, words(each), { class: "quiet" }),
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

function words(each: IntervalOutcomes): string {
  return `${failedOf(each)} of ${countOf(each)} failed`;
}

function nameOf({ intervalSeconds }: IntervalOutcomes): string {
  return intervalSeconds === undefined ? "not told" : minutes(intervalSeconds);
}
