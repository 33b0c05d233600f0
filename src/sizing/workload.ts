import type { Millis } from "../core/machine.ts";
import type { Random } from "../core/random.ts";
import type { SizeSettings } from "./size-result.ts";

const HOUR_MS: Millis = 3_600_000;

/** A day, in ms. */
export const DAY_MS: Millis = 24 * HOUR_MS;

/**
 * How many days of a run devices are given for their search; what happens in them is no rate of what goes on for ever. A
 * run of less than two days has no other, and counts all.
 */
export function searchDays(days: number): number {
  return days >= 2 ? 1 : 0;
}

/** Behind how many days of a run a device that is failed has not settled: its last quarter is to be without failures. */
export function settledDays(days: number): number {
  return 0.75 * days;
}

/** Mail that comes alike in every hour. */
export const EVEN_HOURS: readonly number[] = Array.from({ length: 24 }, () => 1 / 24);

/**
 * Mail of people who work by day: a sixteenth of it between 22 and 6, the rest rising to a peak before and after noon.
 * The shape is chosen here; no source gives one.
 */
export const WORKING_HOURS: readonly number[] = [
  1, 1, 1, 1, 1, 1, 3, 6, 10, 13, 13, 12, 9, 11, 13, 12, 11, 9, 6, 5, 4, 4, 1, 1,
].map((parts, _, all) => parts / all.reduce((sum, each) => sum + each, 0));

/**
 * The instants at which a mailbox gets its mail, in order, until `untilMs`: a Poisson process whose rate follows the hours
 * of the day. Same source, same instants; they are rounded up to whole milliseconds, so none is 0.
 */
export function mailboxMail(mail: SizeSettings["mail"], untilMs: Millis, random: Random): readonly Millis[] {
  const instants: Millis[] = [];
  if (mail.perDay === 0) return instants;
  const clock = new MailClock(mail.hours);
  for (let days = random.exponential(1 / mail.perDay); ; days += random.exponential(1 / mail.perDay)) {
    const at = Math.ceil(clock.at(days));
    if (at > untilMs) return instants;
    instants.push(at);
  }
}

/** Turns days that pass as fast as mail comes into instants; asked in order. */
class MailClock {
  readonly #sum: number;
  readonly #midnight: Hour = { startMs: 0, before: 0, share: 1, next: undefined };
  #day = 0;
  #hour = this.#midnight;

  constructor(hours: readonly number[]) {
    let [last, before] = [this.#midnight, 0];
    for (const [hour, share] of hours.entries()) {
      const next: Hour = { startMs: hour * HOUR_MS, before, share, next: undefined };
      last.next = next;
      last = next;
      before += share;
    }
    this.#sum = before;
  }

  at(days: number): Millis {
    const day = Math.floor(days);
    if (day > this.#day) [this.#day, this.#hour] = [day, this.#midnight];
    const share = (days - day) * this.#sum;
    let hour = this.#hour;
    while (hour.next !== undefined && share >= hour.next.before) hour = hour.next;
    this.#hour = hour;
    return day * DAY_MS + hour.startMs + ((share - hour.before) / hour.share) * HOUR_MS;
  }
}

interface Hour {
  readonly startMs: Millis;
  /** What has come of a day's mail before it. */
  readonly before: number;
  readonly share: number;
  next: Hour | undefined;
}
