import {
  changeTo,
  endingInWords,
  inWords,
  isOtherLimit,
  type DeviceEnding,
  type Move,
  type Negotiator,
  type NegotiatorSettings,
} from "./negotiator.ts";

/*
 * States, by what is known of the interval asked:
 *   untried   nothing (the first one, a minimum fallen to, a limit that the server named)
 *   on trial  it follows a raise and has not held yet; `#before` is the interval raised from
 *   proven    it held
 * held        any -> proven; then a raise, on trial, while the maximum allows one
 * no answer   on trial -> back to `#before`, which becomes the maximum; else -> the minimum, untried
 * Status 5    any -> the server's limit, which becomes minimum or maximum
 */

/** Statuses of middleboxes, of which MS-ASHTTP has none: no answer, as a device sees it. */
const MIDDLEBOX_STATUSES: ReadonlySet<number> = new Set([408, 502, 504, 524]);

/**
 * Searches as Windows Mobile does: an answer raises by the increment; no answer undoes the raise before it for good,
 * or falls to the minimum.
 * Source: TechNet cc182270 and *Understanding Direct Push*.
 */
export class WindowsMobileNegotiator implements Negotiator {
  readonly #incrementSeconds: number;
  #current: number;
  #minimum: number;
  #maximum: number;
  /** The interval from which the present one was raised, until that one holds. */
  #before: number | undefined;

  constructor(settings: NegotiatorSettings) {
    this.#incrementSeconds = settings.incrementSeconds;
    this.#current = settings.initialSeconds;
    this.#minimum = settings.minimumSeconds;
    this.#maximum = settings.maximumSeconds;
  }

  start(): Move {
    return this.#move("first", `the device starts with ${inWords(this.#current)}`);
  }

  conclude(ending: DeviceEnding): Move {
    const found = endingInWords(ending, this.#current);
    switch (ending.kind) {
      case "held":
        return this.#held(found);
      case "changes":
        return this.#repeat(found);
      case "rejected":
        return this.#rejected(found, ending.limitSeconds);
      case "silence":
      case "reset":
      case "closed":
        return this.#unanswered(found);
      case "httpError":
        return MIDDLEBOX_STATUSES.has(ending.httpStatus) ? this.#unanswered(found) : this.#pause(found);
      case "unreadable":
      case "unreachable":
        return this.#pause(found);
    }
  }

  fingerprint(): string {
    return [this.#current, this.#minimum, this.#maximum, this.#before].join();
  }

  /** A raise past the maximum ends at the maximum [inference: the maximum is a bound, not a step]. */
  #held(found: string): Move {
    this.#before = undefined;
    if (this.#current >= this.#maximum) {
      return this.#move("repeat", `${found}, the longest the device asks`);
    }
    this.#before = this.#current;
    this.#current = Math.min(this.#current + this.#incrementSeconds, this.#maximum);
    return this.#move("raise", `${found}, so the device tries ${inWords(this.#current)}`);
  }

  /**
   * An interval on trial stays so when changes answer it early [inference: mail after 4 of 12 minutes proves no 12].
   * A maximum once learned stays, also when it fails later: the device falls to its minimum and climbs again up to
   * there [inference: the sources know no way by which it is forgotten]. A minimum that fails is asked again.
   */
  #unanswered(found: string): Move {
    if (this.#before !== undefined) {
      this.#current = this.#before;
      this.#maximum = this.#before;
      this.#before = undefined;
      const back = inWords(this.#current);
      return this.#move("lower", `${found}, right after a raise, so ${back} is the longest from now on`);
    }
    if (this.#current > this.#minimum) {
      this.#current = this.#minimum;
      return this.#move("lower", `${found}, so the device falls to its minimum, ${inWords(this.#current)}`);
    }
    return { ...this.#move("repeat", `${found}, and the device may ask no less`), settled: false };
  }

  /**
   * The server's limit is obeyed (MS-ASCMD, Ping, Status 5): above the interval asked it is the new minimum, below it
   * the new maximum, as Android has it (AOSP, EasSyncService.java); a raise on trial stays so while it is still a raise.
   */
  #rejected(found: string, limit: number | undefined): Move {
    if (!isOtherLimit(limit, this.#current)) return this.#repeat(found);
    const kind = changeTo(limit, this.#current);
    if (kind === "raise") {
      this.#minimum = limit;
      this.#maximum = Math.max(this.#maximum, limit);
      this.#before = undefined;
    } else {
      this.#maximum = limit;
      this.#minimum = Math.min(this.#minimum, limit);
      if (this.#before !== undefined && this.#before >= limit) this.#before = undefined;
    }
    this.#current = limit;
    return this.#move(kind, `${found} and takes ${inWords(limit)}`);
  }

  #repeat(found: string): Move {
    return this.#move("repeat", `${found}, so the device asks the same again`);
  }

  #pause(found: string): Move {
    return { ...this.#move("repeat", `${found}, so the device asks the same again later`), askAgain: "afterPause" };
  }

  /** The maximum is where the search ends, once nothing says that it may fail. */
  #move(kind: Move["kind"], reason: string): Move {
    const settled = this.#current >= this.#maximum && this.#before === undefined && kind !== "first";
    return { kind, heartbeatIntervalSeconds: this.#current, reason, settled, askAgain: "atOnce" };
  }
}
