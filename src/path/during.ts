import type { Millis } from "../core/machine.ts";

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
  const { fromMs = 0, untilMs = Infinity } = during;
  const sinceMs = (now - startedAt) % (during.everyMs ?? Infinity);
  return sinceMs >= fromMs && sinceMs < untilMs;
}

/** The next instant after `now` at which the window opens or closes; `undefined` when it never does again. */
export function nextTurn(during: During, startedAt: Millis | undefined, now: Millis): Millis | undefined {
  if (startedAt === undefined) return undefined;
  const { fromMs = 0, untilMs = Infinity, everyMs } = during;
  const since = Math.max(now - startedAt, -1);
  const begun = everyMs === undefined || since < 0 ? 0 : Math.floor(since / everyMs) * everyMs;
  const turns = [begun + fromMs, begun + untilMs, ...(everyMs === undefined ? [] : [begun + everyMs + fromMs])];
  const next = Math.min(...turns.filter((turn) => turn > since));
  return next === Infinity ? undefined : startedAt + next;
}
