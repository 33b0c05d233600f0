import type { Millis } from "../core/machine.ts";

const DAY_MS: Millis = 86_400_000;

/** So far around midnight a line counts as one that is late, in ms: chosen here. */
const LATE_MS: Millis = 300_000;

/**
 * Tells the instants of a log's lines, UTC. Where lines have no date of their own, `#Date` says the first day, and a time
 * that goes back by more than half a day the next one: lines stand nearly in the order in which requests ended.
 */
export class IisClock {
  #text = "";
  #dayAt: Millis = Number.NaN;
  /** What the latest line without a date said, in ms of its day. */
  #latestMs: Millis = 0;
  /** Whether a midnight has been passed since a date was told. */
  #passed = false;

  /** Takes a date, such as 2026-11-26. Days are read once each: most lines have the day of the one before. */
  date(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#dayAt = /^\d{4}-\d\d-\d\d$/u.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  }

  /** Takes the date from which on lines without one count. */
  begin(text: string): void {
    this.#text = "";
    this.date(text);
    [this.#latestMs, this.#passed] = [0, false];
  }

  /** The instant of a line; `date` is "" where it has none. NaN when it can't be told. */
  instant(date: string, time: string): Millis {
    const ofDay = timeOfDay(time);
    if (date === "") return this.#undated(ofDay);
    this.date(date);
    return this.#dayAt + ofDay;
  }

  #undated(ofDay: Millis): Millis {
    const isLate = this.#passed && this.#latestMs < LATE_MS && ofDay >= DAY_MS - LATE_MS;
    if (isLate) return this.#dayAt - DAY_MS + ofDay;
    if (this.#latestMs - ofDay > DAY_MS / 2) {
      this.#dayAt += DAY_MS;
      [this.#text, this.#passed] = ["", true];
    }
    if (!Number.isNaN(ofDay)) this.#latestMs = ofDay;
    return this.#dayAt + ofDay;
  }
}

/** A leap second counts as the next one. */
function timeOfDay(time: string): Millis {
  if (time.length < 8) return Number.NaN;
  const [hours, minutes, seconds] = [twoDigits(time, 0), twoDigits(time, 3), twoDigits(time, 6)];
  if (hours > 23 || minutes > 59 || seconds > 60) return Number.NaN;
  return ((hours * 60 + minutes) * 60 + seconds) * 1000;
}

function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 0x30, text.charCodeAt(at + 1) - 0x30];
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}
