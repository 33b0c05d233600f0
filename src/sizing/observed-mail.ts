import type { LogEntry } from "../activesync/log-entry.ts";
import type { Millis } from "../core/machine.ts";
import { isWaiting, type MailSign } from "./observed-device.ts";

const HOUR_MS: Millis = 3_600_000;

/** Arrivals from which on a day's shape is told: 10 an hour, so that chance alone moves an hour by a third. */
const FEWEST_FOR_SHAPE = 240;

/** Hours of a calendar that are remembered: ten years. */
const MOST_HOURS = 87_660;

/** When mail came, by the hour of the day, and which hours the logs cover. */
export class MailHours {
  readonly #counts = { messages: emptyDay(), changes: emptyDay(), early: emptyDay() };
  readonly #covered = new Set<number>();
  #lastHour = Number.NaN;

  add(entry: LogEntry): void {
    const hour = Math.floor(entry.at / HOUR_MS);
    if (hour !== this.#lastHour && this.#covered.size < MOST_HOURS) this.#covered.add(hour);
    this.#lastHour = hour;
    const ofDay = ((hour % 24) + 24) % 24;
    if (entry.messages !== undefined) count(this.#counts.messages, ofDay, entry.messages);
    if (!isWaiting(entry)) return;
    if (entry.ending === "changes" || entry.ending === "early") count(this.#counts[entry.ending], ofDay, 1);
  }

  #total(sign: MailSign): number {
    return [...this.#counts[sign].values()].reduce((sum, each) => sum + each, 0);
  }

  /** Share of the hours from the first to the last that something stands in the logs of. */
  coveredShare(firstAt: Millis, lastAt: Millis): number {
    return this.#covered.size / (Math.floor(lastAt / HOUR_MS) - Math.floor(firstAt / HOUR_MS) + 1);
  }

  /** Hours of the day that something stands in the logs of. */
  coveredHoursOfDay(): number {
    return this.#timesCovered().size;
  }

  /** Shares of the hours of a day, UTC, by a sign: mail by how often each hour is covered; those never covered get the mean. */
  shape(sign: MailSign): readonly number[] | undefined {
    if (this.#total(sign) < FEWEST_FOR_SHAPE) return undefined;
    const counts = this.#counts[sign];
    const rates = new Map([...this.#timesCovered()].map(([hour, times]) => [hour, (counts.get(hour) ?? 0) / times]));
    const mean = [...rates.values()].reduce((sum, rate) => sum + rate, 0) / rates.size;
    return Array.from({ length: 24 }, (_, hour) => (rates.get(hour) ?? mean) / (24 * mean));
  }

  #timesCovered(): Day {
    const times = emptyDay();
    for (const hour of this.#covered) count(times, ((hour % 24) + 24) % 24, 1);
    return times;
  }
}

/** Counts by the hour of the day. */
type Day = Map<number, number>;

function emptyDay(): Day {
  return new Map();
}

function count(day: Day, hour: number, by: number): void {
  day.set(hour, (day.get(hour) ?? 0) + by);
}
