import type { Millis } from "../core/machine.ts";
import type { Random } from "../core/random.ts";
import type { SizeSettings } from "./size-result.ts";

const HOUR_MS: Millis = 3_600_000;

/** A day, in ms. */
export const DAY_MS: Millis = 24 * HOUR_MS;

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
  const { perDay, hours } = mail;
  if (perDay <= 0) return instants;
  let [day, hour, before] = [0, 0, 0];
  for (let reached = random.exponential(1); ; reached += random.exponential(1)) {
    for (; reached / perDay >= day + 1; day += 1) [hour, before] = [0, 0];
    const share = reached / perDay - day;
    for (; hour < hours.length - 1 && share >= before + shareOf(hours, hour); hour += 1) before += shareOf(hours, hour);
    const part = Math.min((share - before) / shareOf(hours, hour), 1);
    const at = Math.ceil(day * DAY_MS + (hour + part) * HOUR_MS);
    if (at > untilMs) return instants;
    instants.push(at);
  }
}

function shareOf(hours: readonly number[], hour: number): number {
  return hours[hour] ?? 0;
}
