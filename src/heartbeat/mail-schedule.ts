import type { Millis } from "../core/machine.ts";
import type { Random } from "../core/random.ts";

/** When mail comes: at instants, at random, or both. */
export interface MailSchedule {
  /** Instants, in ms, in any order. */
  readonly at: readonly Millis[];
  /** The mean time between two messages of a Poisson process, in ms; absent for none. */
  readonly meanIntervalMs?: Millis;
}

/**
 * The instants at which mail comes, in order, from the present on; endless with a mean interval.
 * Same seed, same instants; random ones are rounded up to whole milliseconds.
 */
export function* mailInstants(schedule: MailSchedule, random: Random): Generator<Millis, void, undefined> {
  const listed = schedule.at.toSorted((left, right) => left - right);
  const { meanIntervalMs } = schedule;
  let index = 0;
  if (meanIntervalMs !== undefined) {
    let exact = 0;
    for (;;) {
      exact += random.exponential(meanIntervalMs);
      const randomAt = Math.ceil(exact);
      for (let at = listed[index]; at !== undefined && at <= randomAt; at = listed[index]) {
        yield at;
        index += 1;
      }
      yield randomAt;
    }
  }
  yield* listed;
}

const UNIT_MS: Readonly<Record<string, Millis>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The most messages that a rate may mean: one a second. */
const SHORTEST_MEAN_MS: Millis = 1000;

/** The mean interval of a rate such as `40/day`, in ms, or what is wrong with it. */
export function readMailRate(
  text: string,
): { readonly kind: "rate"; readonly meanIntervalMs: Millis } | { readonly kind: "fault"; readonly fault: string } {
  const [, count, unit] = /^(\d+(?:\.\d+)?)\/(minute|hour|day)$/u.exec(text) ?? [];
  const unitMs = UNIT_MS[unit ?? ""];
  if (count === undefined || unitMs === undefined) {
    return {
      kind: "fault",
      fault: `found ${JSON.stringify(text)}, expected a number per minute, hour or day, as in 40/day`,
    };
  }
  const meanIntervalMs = unitMs / Number(count);
  if (meanIntervalMs >= SHORTEST_MEAN_MS && meanIntervalMs !== Infinity) return { kind: "rate", meanIntervalMs };
  return { kind: "fault", fault: `found ${JSON.stringify(text)}, expected more than 0 and at most one a second` };
}
