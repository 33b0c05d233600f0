import { figure } from "../numbers.ts";
import { element, type Markup } from "../markup.ts";
import { label, line } from "./picture.ts";
import { type Interval, type Scale, ticksTo, timeTicks, timeUnit } from "./scale.ts";

/** The part of a panel that is drawn into, in px. */
export interface PlotArea {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A vertical axis from 0 up, with a line across the plot at each of its ticks. */
export function verticalAxis(area: PlotArea, largest: number, scale: Scale): Markup {
  const ticks = ticksTo(largest);
  const write = shortFor(ticks.at(-1) ?? 1);
  return element(
    "g",
    {},
    ticks.map((tick) => [
      line({ x: area.left, y: scale(tick) }, { x: area.right, y: scale(tick) }, tick === 0 ? "axis" : "grid"),
      label(area.left - 6, scale(tick) + 4, write(tick), { class: "quiet", anchor: "end" }),
    ]),
  );
}

/** A horizontal axis of durations in s, whose unit stands behind its name. */
export function timeAxis(area: PlotArea, { domain, scale, name }: TimeAxis): Markup {
  const unit = timeUnit(domain[1]);
  const most = Math.max(2, Math.floor((area.right - area.left) / ROOM_PX));
  return element(
    "g",
    {},
    line({ x: area.left, y: area.bottom }, { x: area.right, y: area.bottom }, "axis"),
    timeTicks(domain, most).map((seconds) => [
      line({ x: scale(seconds), y: area.bottom }, { x: scale(seconds), y: area.bottom + 4 }, "axis"),
      label(scale(seconds), area.bottom + 16, figure(seconds / unit.seconds), { class: "quiet", anchor: "middle" }),
    ]),
    label((area.left + area.right) / 2, area.bottom + 32, `${name}, ${unit.name}`, {
      class: "quiet",
      anchor: "middle",
    }),
  );
}

/** A horizontal axis of durations. */
export interface TimeAxis {
  /** In s. */
  readonly domain: Interval;
  readonly scale: Scale;
  readonly name: string;
}

/** What a tick and its number need, in px. */
const ROOM_PX = 42;

/** Writes the numbers of an axis with thousands as k and millions as M. */
function shortFor(largest: number): (value: number) => string {
  const [unit, letter] = largest >= 1e7 ? [1e6, "M"] : largest >= 1e4 ? [1e3, "k"] : [1, ""];
  return (value) => (value === 0 ? "0" : `${figure(value / unit)}${letter}`);
}
