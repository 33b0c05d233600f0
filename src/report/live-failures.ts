import type { LiveEnded } from "./live-state.ts";

/** The requests that asked one interval, by how they ended. */
export interface IntervalOutcomes {
  /** `undefined` where no request told it. */
  readonly intervalSeconds: number | undefined;
  readonly counts: ReadonlyMap<string, number>;
}

/** Requests by interval, the shortest first, and every outcome that occurs, failures first. */
export function endedByInterval(ended: readonly LiveEnded[]): {
  readonly outcomes: readonly string[];
  readonly intervals: readonly IntervalOutcomes[];
} {
  const counts = new Map<number | undefined, Map<string, number>>();
  for (const { heartbeatIntervalSeconds: interval, outcome } of ended) {
    const of = counts.get(interval) ?? new Map<string, number>();
    counts.set(interval, of.set(outcome, (of.get(outcome) ?? 0) + 1));
  }
  const intervals = [...counts]
    .map(([intervalSeconds, of]) => ({ intervalSeconds, counts: of }))
    .sort((one, other) => (one.intervalSeconds ?? Infinity) - (other.intervalSeconds ?? Infinity) || 0);
  const seen = new Set(ended.map(({ outcome }) => outcome));
  const others = [...seen].filter((outcome) => !FAILED.some((each) => each === outcome)).sort();
  return { outcomes: [...FAILED.filter((outcome) => seen.has(outcome)), ...others], intervals };
}

/** How many of them the path failed. */
export function failedOf({ counts }: IntervalOutcomes): number {
  return FAILED.reduce((sum, outcome) => sum + (counts.get(outcome) ?? 0), 0);
}

/** How many there are. */
export function countOf({ counts }: IntervalOutcomes): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

const FAILED = ["expired", "cut", "lost"] as const;
