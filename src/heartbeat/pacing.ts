import type { Millis } from "../core/machine.ts";

/** The first pause after a failure; each further one in a row doubles it (Android: AOSP, EasSyncService.java). */
const FIRST_PAUSE_MS: Millis = 15_000;

/** The longest pause that doubling leads to (Android: AOSP, EasSyncService.java). */
const LONGEST_PAUSE_MS: Millis = 240_000;

/** The pause once the server keeps announcing changes of which no Sync finds any (Android: AOSP, EasSyncService.java). */
const FALSE_CHANGE_PAUSE_MS: Millis = 300_000;

/** How many announcements without a change pass before the device pauses [inference: the source gives no number]. */
const FALSE_CHANGES_BORNE = 2;

/**
 * Keeps a device from asking without end: tells how long it must pause, from what happened since something last
 * succeeded. Whatever the server answers, a device that obeys makes a bounded number of requests an hour, except while
 * the server brings it new items each time.
 */
export class Pacing {
  #failures = 0;
  #falseChanges = 0;
  readonly #remediesTried = new Set<string>();

  /** A request was held for a while and answered: the network and the server work. */
  lasted(): void {
    this.#failures = 0;
    this.#remediesTried.clear();
  }

  /** A request was held to its end, or a Sync brought something. */
  succeeded(): void {
    this.lasted();
    this.#falseChanges = 0;
  }

  /** A request came to nothing: the pause before the next. */
  failed(): Millis {
    const pauseMs = this.#pauseMs;
    this.#failures += 1;
    return pauseMs;
  }

  /** What it goes on from, as a text. */
  fingerprint(): string {
    const falseChanges = Math.min(this.#falseChanges, FALSE_CHANGES_BORNE + 1);
    return [this.#pauseMs, falseChanges, ...this.#remediesTried].join();
  }

  get #pauseMs(): Millis {
    return Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
  }

  /** The server said what it lacks: none the first time, as after a failure when it says the same again. */
  remedied(cause: string): Millis {
    if (this.#remediesTried.has(cause)) return this.failed();
    this.#remediesTried.add(cause);
    return 0;
  }

  /** Changes were announced and no Sync found one. */
  foundNothing(): Millis {
    this.#falseChanges += 1;
    return this.#falseChanges > FALSE_CHANGES_BORNE ? FALSE_CHANGE_PAUSE_MS : 0;
  }
}
