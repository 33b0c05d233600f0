import type { SizeRow } from "./size-result.ts";

/** A figure of which less is better. */
export interface Figure {
  /** As a sentence has it. */
  readonly name: string;
  readonly unit: string;
  readonly of: (row: SizeRow) => number | null;
  /** A difference of less than this matters to nobody, whatever its share. */
  readonly matters: number;
  /** How far chance alone may move it, where repeats tell. */
  readonly noise: (row: SizeRow) => number;
}

/** What matters to a person who carries the device or pays for it. The least differences are chosen here. */
export const FIGURES: readonly Figure[] = [
  {
    name: "failed Pings",
    unit: "a device and day",
    of: (row) => row.failedPingsPerDevicePerDay,
    matters: 0.1,
    noise: ({ confidence }) => confidence?.failedPingsPerDevicePerDay ?? 0,
  },
  {
    name: "requests",
    unit: "a device and day",
    of: (row) => row.requestsPerDevicePerDay,
    matters: 1,
    noise: ({ confidence }) => confidence?.requestsPerDevicePerDay ?? 0,
  },
  {
    name: "bytes",
    unit: "a device and day",
    of: (row) => row.bytesPerDevicePerDay,
    matters: 1000,
    noise: ({ confidence }) => confidence?.bytesPerDevicePerDay ?? 0,
  },
  {
    name: "energy",
    unit: "J a device and day",
    of: (row) => row.joulesPerDevicePerDay,
    matters: 10,
    noise: ({ confidence }) => confidence?.joulesPerDevicePerDay ?? 0,
  },
  {
    name: "notification delay (95 %)",
    unit: "s",
    of: (row) => row.notificationDelaySeconds?.p95 ?? null,
    matters: 10,
    noise: () => 0,
  },
];

/** By which share a figure is better in another row; negative where it is worse, 0 where it makes no difference. */
export function gainOf(figure: Figure, from: SizeRow, to: SizeRow): number {
  const [before, after] = [figure.of(from), figure.of(to)];
  if (before === null || after === null) return 0;
  const difference = before - after;
  if (Math.abs(difference) < figure.matters) return 0;
  if (Math.abs(difference) <= figure.noise(from) + figure.noise(to)) return 0;
  return difference / Math.max(before, after);
}

/** The figure that is better by most, and by which share. */
export function largestGain(from: SizeRow, to: SizeRow): { readonly figure: Figure; readonly gain: number } {
  const gains = FIGURES.map((figure) => ({ figure, gain: gainOf(figure, from, to) }));
  return gains.reduce((most, each) => (each.gain > most.gain ? each : most));
}
