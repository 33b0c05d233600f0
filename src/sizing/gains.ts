import type { SizeRates, SizeRow } from "./size-result.ts";
import { halfWidth } from "./statistics.ts";

/** A figure of which less is better. */
export interface Figure {
  /** As a sentence has it. */
  readonly name: string;
  readonly unit: string;
  readonly of: (row: SizeRow) => number | null;
  /** A difference of less than this matters to nobody, whatever its share. */
  readonly matters: number;
  /** Which of the rates that repeats tell it is, and how many of the figure's unit one of it is. */
  readonly rate: keyof SizeRates;
  readonly units: number;
}

/** What matters to a person who carries the device or pays for it. The least differences are chosen here. */
export const FIGURES: readonly Figure[] = [
  {
    name: "failed Pings",
    unit: "a device and day",
    of: (row) => row.failedPingsPerDevicePerDay,
    matters: 0.1,
    rate: "failedPingsPerDevicePerDay",
    units: 1,
  },
  {
    name: "requests",
    unit: "a device and day",
    of: (row) => row.requestsPerDevicePerDay,
    matters: 1,
    rate: "requestsPerDevicePerDay",
    units: 1,
  },
  {
    name: "bytes",
    unit: "a device and day",
    of: (row) => row.bytesPerDevicePerDay,
    matters: 1000,
    rate: "bytesPerDevicePerDay",
    units: 1,
  },
  {
    name: "energy",
    unit: "J a device and day",
    of: (row) => row.joulesPerDevicePerDay,
    matters: 10,
    rate: "joulesPerDevicePerDay",
    units: 1,
  },
  {
    name: "late mail",
    unit: "%",
    of: ({ lateMailShare: share }) => (share === null ? null : 100 * share),
    matters: 1,
    rate: "lateMailShare",
    units: 100,
  },
];

/** By which share a figure is better in another row; negative where it is worse, 0 where it makes no difference. */
export function gainOf(figure: Figure, from: SizeRow, to: SizeRow): number {
  const [before, after] = [figure.of(from), figure.of(to)];
  if (before === null || after === null) return 0;
  const difference = before - after;
  if (Math.abs(difference) < figure.matters) return 0;
  if (Math.abs(difference) <= noise(figure, from, to)) return 0;
  return difference / Math.max(before, after);
}

/** Two repeats tell next to nothing of chance: their interval is nine times as wide as their difference. */
const FEWEST_REPEATS = 3;

/** How far chance alone may have moved the difference of two rows: half its 95 % confidence interval over the repeats. */
function noise({ rate, units }: Figure, from: SizeRow, to: SizeRow): number {
  const differences = from.repeats.flatMap((each, repeat) => {
    const other = to.repeats[repeat];
    return other === undefined ? [] : [units * (each[rate] - other[rate])];
  });
  return differences.length < FEWEST_REPEATS ? 0 : halfWidth(differences);
}

/** The figure that is better by most, and by which share. */
export function largestGain(from: SizeRow, to: SizeRow): { readonly figure: Figure; readonly gain: number } {
  const gains = FIGURES.map((figure) => ({ figure, gain: gainOf(figure, from, to) }));
  return gains.reduce((most, each) => (each.gain > most.gain ? each : most));
}
