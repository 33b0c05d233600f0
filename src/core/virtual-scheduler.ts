import type { Millis } from "./machine.ts";
import type { Scheduler, Timer } from "./scheduler.ts";
import { TimerQueue } from "./timer-queue.ts";

/** Virtual time: stands still but for `runUntil`, which jumps from task to task. */
export class VirtualScheduler implements Scheduler {
  readonly #queue = new TimerQueue();
  #now: Millis = 0;

  now(): Millis {
    return this.#now;
  }

  /** An instant that has passed already counts as now. */
  schedule(at: Millis, task: () => void): Timer {
    return this.#queue.add(Math.max(at, this.#now), task);
  }

  /** Tasks that still wait. */
  get pending(): number {
    return this.#queue.size;
  }

  /** The earliest instant at which a task waits. */
  nextAt(): Millis | undefined {
    return this.#queue.nextAt();
  }

  /** Runs every task due until `end`, in order, and leaves the time at `end`. */
  runUntil(end: Millis): void {
    for (let due = this.#queue.takeDue(end); due !== undefined; due = this.#queue.takeDue(end)) {
      this.#now = due.at;
      due.task();
    }
    this.#now = Math.max(this.#now, end);
  }

  /** Runs tasks due until `end`, until none waits or `done` says so; leaves the time at the last one. */
  runUntilDone(done: () => boolean, end: Millis): void {
    while (!done()) {
      const due = this.#queue.takeDue(end);
      if (due === undefined) return;
      this.#now = due.at;
      due.task();
    }
  }
}
