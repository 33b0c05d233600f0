import type { Millis } from "../core/machine.ts";

/** Where a run's scheduled conditions count from; all hops of a listener share one. */
export class Timeline {
  #startedAt: Millis | undefined;

  /** @param startedAt `undefined` for a timeline that stands still: nothing that is scheduled on it happens */
  constructor(startedAt?: Millis) {
    this.#startedAt = startedAt;
  }

  get startedAt(): Millis | undefined {
    return this.#startedAt;
  }

  /** Starts it, or starts it anew; flows that are there must be told (`reviewed`). */
  start(now: Millis): void {
    this.#startedAt = now;
  }

  /** Stops it: nothing that is scheduled on it goes on. */
  stop(): void {
    this.#startedAt = undefined;
  }
}
