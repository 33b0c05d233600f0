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
 * The interval is all that it knows:
 * held        -> up by the increment, to the maximum at most
 * no answer   -> down by the increment, to the minimum at least, whether an RST, a FIN, silence or nonsense came
 * Status 5    -> the server's limit, whatever it is
 * all else    -> the same
 * Nothing remembers what failed: at a time-out between two steps it swings for ever.
 */

/**
 * Searches as Android has done since August 2013. An HTTP error is no failure of the interval to it: behind a proxy that
 * answers 504 it asks the same for ever.
 * Source: AOSP, EasPing.java and EasOperation.java.
 */
export class Android2013Negotiator implements Negotiator {
  readonly #settings: NegotiatorSettings;
  #current: number;

  constructor(settings: NegotiatorSettings) {
    this.#settings = settings;
    this.#current = settings.initialSeconds;
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
      case "httpError":
        return this.#move("repeat", `${found}, which is no failure to the device: it asks the same again`);
      case "silence":
      case "reset":
      case "closed":
      case "unreadable":
        return this.#failed(found);
      case "unreachable":
        return { ...this.#failed(found), askAgain: "afterPause" };
    }
  }

  fingerprint(): string {
    return String(this.#current);
  }

  /** The maximum bounds what a server's limit led to as well: one that demands more is asked less again. */
  #held(found: string): Move {
    const { incrementSeconds, maximumSeconds } = this.#settings;
    const next = Math.min(maximumSeconds, this.#current + incrementSeconds);
    if (next === this.#current) return this.#move("repeat", `${found}, the longest the device asks`);
    if (next > this.#current) return this.#take(next, `${found}, so the device tries ${inWords(next)}`);
    return this.#take(next, `${found}, but ${inWords(next)} is the most that the device asks`);
  }

  /** That no connection came about lowers, too; the pause after it is an [inference: no network, no next sync]. */
  #failed(found: string): Move {
    const { incrementSeconds, minimumSeconds } = this.#settings;
    const next = Math.max(minimumSeconds, this.#current - incrementSeconds);
    if (next < this.#current) return this.#take(next, `${found}, so the device goes back to ${inWords(next)}`);
    if (next > this.#current)
      return this.#take(next, `${found}, but ${inWords(next)} is the least that the device asks`);
    return { ...this.#move("repeat", `${found}, and the device may ask no less`), settled: false };
  }

  #rejected(found: string, limit: number | undefined): Move {
    if (!isOtherLimit(limit, this.#current)) return this.#repeat(found);
    return this.#take(limit, `${found} and takes ${inWords(limit)}`);
  }

  #repeat(found: string): Move {
    return this.#move("repeat", `${found}, so the device asks the same again`);
  }

  #take(next: number, reason: string): Move {
    const kind = changeTo(next, this.#current);
    this.#current = next;
    return this.#move(kind, reason);
  }

  #move(kind: Move["kind"], reason: string): Move {
    const settled = this.#current === this.#settings.maximumSeconds && kind !== "first";
    return { kind, heartbeatIntervalSeconds: this.#current, reason, settled, askAgain: "atOnce" };
  }
}
