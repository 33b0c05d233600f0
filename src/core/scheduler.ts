import type { Millis } from "./machine.ts";

/** A task that was scheduled and can be taken back. */
export interface Timer {
  /** When it runs. */
  readonly at: Millis;
  /** Takes the task back; does nothing once it ran. */
  cancel(): void;
}

/** Where machines get their time from: real (scaled) or virtual. */
export interface Scheduler {
  /** The present instant. */
  now(): Millis;
  /** Runs `task` at `at`, never earlier; tasks of one instant run in the order they were scheduled. */
  schedule(at: Millis, task: () => void): Timer;
}
