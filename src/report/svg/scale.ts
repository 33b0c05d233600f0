/** Where a value stands in a picture. */
export type Scale = (value: number) => number;

/** From one value to another. */
export type Interval = readonly [from: number, to: number];

/** The scale that maps one interval onto another, which may run backwards; a domain of one value lies in the middle. */
export function linearScale([from, to]: Interval, [start, end]: Interval): Scale {
  if (from === to) return () => (start + end) / 2;
  return (value) => start + ((value - from) / (to - from)) * (end - start);
}

/** Round values from 0 up to the first that is not below `largest`, four to six of them; 0 and 1 when all is 0. */
export function ticksTo(largest: number): readonly number[] {
  if (largest <= 0) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(largest / 5));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => largest / each <= 5) ?? power;
  return Array.from({ length: Math.ceil(rounded(largest / step)) + 1 }, (_, index) => rounded(index * step));
}

/** A unit in which durations are written on an axis. */
export interface TimeUnit {
  readonly name: string;
  readonly seconds: number;
}

/** The unit in which an axis up to so many seconds has short numbers. */
export function timeUnit(largestSeconds: number): TimeUnit {
  if (largestSeconds >= 4 * 3600) return { name: "h", seconds: 3600 };
  return largestSeconds > 180 ? { name: "min", seconds: 60 } : { name: "s", seconds: 1 };
}

/** Durations that people count in, in s. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];

/** Round durations of an interval, in s, no more than one above `most`. */
export function timeTicks([from, to]: Interval, most: number): readonly number[] {
  const room = (to - from) / most;
  const step = STEPS.find((each) => each >= room) ?? Math.ceil(room / DAY_SECONDS) * DAY_SECONDS;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => (first + index) * step);
}

const DAY_SECONDS = 86_400;

/** Takes away what floating point adds to a sum of decimal fractions. */
function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
