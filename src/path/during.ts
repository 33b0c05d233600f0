import type { Millis } from "../core/machine.ts";
import { instantOf, periodAt } from "./occurrence.ts";

/** When a condition acts, counted from the start of the timeline. */
export interface During {
  /** First instant at which it acts, in ms; default 0. */
  readonly fromMs?: Millis;
  /** First instant at which it acts no more, in ms, above `fromMs`; default never. */
  readonly untilMs?: Millis;
  /** Length of a period after which the same begins anew, in ms, at least `untilMs`; default: once. */
  readonly everyMs?: Millis;
}

/** Whether an instant lies in the window, or in one of its repetitions. */
export function isDuring(during: During, startedAt: Millis | undefined, now: Millis): boolean {
  if (startedAt === undefined || now < startedAt) return false;
  const { fromMs = 0, untilMs = Infinity, everyMs } = during;
  const period = periodAt(startedAt, everyMs, now);
  return now >= instantOf(startedAt, fromMs, everyMs, period) && now < instantOf(startedAt, untilMs, everyMs, period);
}

/** The next instant after `now` at which the window opens or closes; `undefined` when it never does again. */
export function nextTurn(during: During, startedAt: Millis | undefined, now: Millis): Millis | undefined {
  if (startedAt === undefined) return undefined;
  const { fromMs = 0, untilMs = Infinity, everyMs } = during;
  const period = now < startedAt ? 0 : periodAt(startedAt, everyMs, now);
  const turns = [fromMs, Math.min(untilMs, everyMs ?? Infinity), fromMs + (everyMs ?? Infinity)];
  const next = Math.min(
    ...turns.map((offset) => instantOf(startedAt, offset, everyMs, period)).filter((turn) => turn > now),
  );
  return next === Infinity ? undefined : next;
}
