/**
 * Which devices ask without pause, as those do whose every request is refused or answered at once.
 *
 *   calm      fewer than 10 requests in a row came less than 5 s after the one before, or less than 1 s where that one was
 *             answered with changes
 *   storming  as many did, and it is less than 60 s since the last that came so soon; its deadline ends the storm
 *
 * Sources: devices that ping every second when the server's longest interval is below what they ask (mailcow issue 722),
 * that ask more than 60 times a minute (KB 2469722), and Android's loop on HTTP errors. The numbers are chosen here: a
 * server that answers every 10 s, as SOGo does by default, makes no storm.
 */
import type { Millis } from "../core/machine.ts";

/** How often a device asked in a row with next to no pause. */
export interface Haste {
  lastAskedAt: Millis;
  /** Requests in a row that came soon after the one before. */
  hastyCount: number;
}

/** Devices that storm. */
export class Storms<Key, Device extends Haste> {
  /** By their last hasty request, which is the order of their deadlines. */
  readonly #storming = new Map<Key, Storm<Device>>();

  /**
   * A device asks; tells whether a storm of its begins with that.
   * @param afterChanges whether its last answer was that there is something new: a burst of mail has it ask often, too
   */
  ask(key: Key, device: Device, now: Millis, afterChanges = false): boolean {
    const hastyMs = afterChanges ? HASTY_AFTER_CHANGES_MS : HASTY_MS;
    device.hastyCount = now - device.lastAskedAt < hastyMs ? device.hastyCount + 1 : 0;
    device.lastAskedAt = now;
    if (device.hastyCount === 0) return false;
    const storming = this.#storming.delete(key);
    if (!storming && device.hastyCount < STORM_AFTER) return false;
    this.#storming.set(key, { device, endsAt: now + CALM_MS });
    return !storming;
  }

  /** A device is followed no more. */
  forget(key: Key): boolean {
    return this.#storming.delete(key);
  }

  nextDeadline(): Millis | undefined {
    for (const { endsAt } of this.#storming.values()) return endsAt;
    return undefined;
  }

  /** Ends the storms that are over, and gives their devices. */
  expire(now: Millis): readonly Device[] {
    const over: Device[] = [];
    for (const [key, { device, endsAt }] of this.#storming) {
      if (endsAt > now) break;
      this.#storming.delete(key);
      over.push(device);
    }
    return over;
  }
}

interface Storm<Device> {
  readonly device: Device;
  readonly endsAt: Millis;
}

/** Less than this after the one before, a request is hasty. */
const HASTY_MS: Millis = 5000;

/** As much behind changes, which a device fetches first: who does neither asks again at once. */
const HASTY_AFTER_CHANGES_MS: Millis = 1000;

/** So many hasty requests in a row, behind one more, are a storm. */
const STORM_AFTER = 9;

/** So long without a hasty request, a storm is over. */
const CALM_MS: Millis = 60_000;
