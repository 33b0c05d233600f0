import type { Millis } from "../../core/machine.ts";
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
 * It pings in a loop, and all that it knows is of that loop:
 *   searching  an answer raises by the increment, up to the maximum
 *   frozen     it lowered once, and raises no more
 * held                             searching -> a raise; frozen -> the same
 * a failure that looks like a NAT  above the minimum and above all that held -> lower by the increment, frozen;
 *                                  else the same again
 * Status 5                         any -> searching from the server's limit, which becomes minimum or maximum
 * another error                    any -> the loop is left, and after a pause one begins that knows nothing
 * HTTP error                       any -> the same again at once, as if nothing had been
 */

/** The error with which a loop ends and the pause begins: signing in, and provisioning (HTTP 449). */
const LEAVING_STATUSES: ReadonlySet<number> = new Set([401, 403, 449]);

/** Statuses of a Ping that say the folders are out of date: the loop is left without an error (AOSP, PingParser.java). */
const STALE_FOLDERS: ReadonlySet<number> = new Set([4, 7]);

/** How long a loop runs before it ends of itself and stores its interval. */
const LOOP_MS: Millis = 1_800_000;

/**
 * With a grace from here on it is the watchdog of a sleeping device that finds the silence, in ms: 30 s after the read
 * limit, which is 5 s after the interval.
 */
const WATCHDOG_GRACE_MS: Millis = 35_000;

/** An RST sooner than this, where nothing can be lowered, ends the loop with an error, in ms. */
const HASTY_MS: Millis = 2000;

/**
 * Searches as Android did from August 2009 to 2012: an answer raises; an RST lowers once, and then the interval is frozen;
 * a FIN, or silence while the device is awake, teaches nothing.
 * Source: AOSP, EasSyncService.java (`runPingLoop`, `resetHeartbeats`). That an error makes it forget everything:
 * ExchangeService.java (`requestSync`), where each start makes a new service.
 */
export class Android2012Negotiator implements Negotiator {
  readonly #settings: NegotiatorSettings;
  #loop: Loop;

  constructor(settings: NegotiatorSettings) {
    this.#settings = settings;
    this.#loop = begin(settings);
  }

  start(): Move {
    return this.#move("first", `the device starts with ${inWords(this.#loop.current)}`);
  }

  conclude(ending: DeviceEnding, durationMs: Millis): Move {
    const found = endingInWords(ending, this.#loop.current);
    this.#loop.ranMs += durationMs;
    switch (ending.kind) {
      case "held":
        return this.#held(found);
      case "changes":
        return this.#repeat(found);
      case "rejected":
        return this.#rejected(found, ending.status, ending.limitSeconds);
      case "reset":
        return this.#cutOff(found, durationMs);
      case "silence":
        return this.#settings.graceMs < WATCHDOG_GRACE_MS ? this.#leave(found) : this.#cutOff(found, durationMs);
      case "httpError":
        return LEAVING_STATUSES.has(ending.httpStatus) ? this.#leave(found) : this.#repeat(found);
      case "closed":
      case "unreadable":
      case "unreachable":
        return this.#leave(found);
    }
  }

  /**
   * Without what is stored, and when: that is only asked for after Status 4 and 7, which no server of ours gives to a
   * device of ours.
   */
  fingerprint(): string {
    const { current, longestHeld, frozen, minimum, maximum } = this.#loop;
    return [current, longestHeld, frozen, minimum, maximum].join();
  }

  #held(found: string): Move {
    const loop = this.#loop;
    loop.longestHeld = Math.max(loop.longestHeld, loop.current);
    if (loop.frozen) return this.#goOn(loop.current, `${found}, and the device raises no more`);
    if (loop.current >= loop.maximum) return this.#goOn(loop.current, `${found}, the longest the device asks`);
    const next = Math.min(loop.current + this.#settings.incrementSeconds, loop.maximum);
    return this.#goOn(next, `${found}, so the device tries ${inWords(next)}`);
  }

  /** What looks like the time-out of a NAT. */
  #cutOff(found: string, durationMs: Millis): Move {
    const loop = this.#loop;
    if (loop.current > loop.minimum && loop.current > loop.longestHeld) {
      const next = Math.max(loop.current - this.#settings.incrementSeconds, loop.minimum);
      loop.frozen = true;
      return this.#goOn(next, `${found}, so the device lowers to ${inWords(next)} and raises no more`);
    }
    if (durationMs < HASTY_MS) return this.#leave(found);
    const why = loop.current > loop.minimum ? "held before" : "is the least";
    const move = this.#goOn(loop.current, `${found}, but ${inWords(loop.current)} ${why}, so the device asks it again`);
    return { ...move, settled: move.settled && loop.current > loop.minimum };
  }

  #rejected(found: string, status: number, limit: number | undefined): Move {
    const loop = this.#loop;
    if (STALE_FOLDERS.has(status)) {
      loop.ranMs = 0;
      return this.#goOn(loop.stored, `${found}, so the device asks ${inWords(loop.stored)}, which it had stored`);
    }
    if (!isOtherLimit(limit, loop.current)) return this.#repeat(found);
    if (limit > loop.current) {
      loop.minimum = Math.max(loop.minimum, limit);
      loop.maximum = Math.max(loop.maximum, loop.minimum);
    } else {
      loop.maximum = limit;
      loop.minimum = Math.min(loop.minimum, limit);
    }
    loop.frozen = false;
    loop.stored = limit;
    loop.ranMs = 0;
    return this.#goOn(limit, `${found} and takes ${inWords(limit)}`);
  }

  #repeat(found: string): Move {
    return this.#goOn(this.#loop.current, `${found}, so the device asks the same again`);
  }

  #leave(found: string): Move {
    const { current } = this.#loop;
    this.#loop = begin(this.#settings);
    const next = this.#loop.current;
    const reason = `${found}, so the device forgets what it learned and asks ${inWords(next)} later`;
    return { ...this.#move(changeTo(next, current), reason), settled: false, askAgain: "afterPause" };
  }

  /** The loop runs on, or has run long enough: then its interval is stored, and a next one goes on with it. */
  #goOn(next: number, reason: string): Move {
    const loop = this.#loop;
    const kind = changeTo(next, loop.current);
    loop.current = next;
    if (loop.ranMs >= LOOP_MS) {
      loop.stored = next;
      loop.ranMs = 0;
    }
    return this.#move(kind, reason);
  }

  #move(kind: Move["kind"], reason: string): Move {
    const { current, frozen, maximum } = this.#loop;
    const settled = frozen || (current >= maximum && kind !== "first");
    return { kind, heartbeatIntervalSeconds: current, reason, settled, askAgain: "atOnce" };
  }
}

/** What a loop knows. */
interface Loop {
  current: number;
  /** The interval with which the loop goes on after what interrupts it. */
  stored: number;
  longestHeld: number;
  /** Whether an interval was lowered. */
  frozen: boolean;
  minimum: number;
  maximum: number;
  /** How long it has waited since it last stored, in ms; what lies between two Pings is not counted. */
  ranMs: Millis;
}

function begin({ initialSeconds, minimumSeconds, maximumSeconds }: NegotiatorSettings): Loop {
  return {
    current: initialSeconds,
    stored: initialSeconds,
    longestHeld: 0,
    frozen: false,
    minimum: minimumSeconds,
    maximum: maximumSeconds,
    ranMs: 0,
  };
}
