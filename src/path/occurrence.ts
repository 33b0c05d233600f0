import type { Millis } from "../core/machine.ts";

// Instants are always reckoned as start + (offset + count * period), so that one that is a deadline has come when a
// clock shows it, whatever fractions rounding leaves.

/** The number of the period, from 0, that an instant at or after `startedAt` lies in; 0 where nothing repeats. */
export function periodAt(startedAt: Millis, everyMs: Millis | undefined, now: Millis): number {
  if (everyMs === undefined) return 0;
  const guess = Math.max(Math.round((now - startedAt) / everyMs), 0);
  return instantOf(startedAt, 0, everyMs, guess) > now ? Math.max(guess - 1, 0) : guess;
}

/** The instant that lies `offsetMs` within a period. */
export function instantOf(startedAt: Millis, offsetMs: Millis, everyMs: Millis | undefined, period: number): Millis {
  return startedAt + (offsetMs + period * (everyMs ?? 0));
}

/** The first instant after `now` that lies `offsetMs` within a period; `undefined` where there is none. */
export function nextOccurrence(
  startedAt: Millis,
  offsetMs: Millis,
  everyMs: Millis | undefined,
  now: Millis,
): Millis | undefined {
  if (everyMs === undefined) return startedAt + offsetMs > now ? startedAt + offsetMs : undefined;
  let period = Math.max(Math.round((now - startedAt - offsetMs) / everyMs) - 1, 0);
  while (instantOf(startedAt, offsetMs, everyMs, period) <= now) period += 1;
  return instantOf(startedAt, offsetMs, everyMs, period);
}
