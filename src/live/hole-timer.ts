import type { Millis } from "../core/machine.ts";
import type { Scheduler, Timer } from "../core/scheduler.ts";

/** How long a silenced flow is kept at most by default, in emulated ms: past any heartbeat (3540 s) and its late answer. */
export const HOLE_LIFETIME_MS: Millis = 2 * 60 * 60 * 1000;

/** Ends a flow at last that nobody else may ever end, because its path lets nobody hear. */
export class HoleTimer {
  readonly #timer: Timer;

  /**
   * Runs at once.
   * @param lifetimeMs in emulated ms
   */
  constructor(scheduler: Scheduler, lifetimeMs: Millis, flow: Held) {
    this.#timer = scheduler.schedule(scheduler.now() + lifetimeMs, () => flow.abort());
  }

  stop(): void {
    this.#timer.cancel();
  }
}

/** What is ended at last. */
interface Held {
  abort(): void;
}
