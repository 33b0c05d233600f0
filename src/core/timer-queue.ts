import { Heap } from "./heap.ts";
import type { Millis } from "./machine.ts";
import type { Timer } from "./scheduler.ts";

/** Tasks in order of their instants, those of one instant in the order they were added. */
export class TimerQueue {
  readonly #heap = new Heap<Entry>(
    (left, right) => left.at < right.at || (left.at === right.at && left.order < right.order),
  );
  #added = 0;
  #cancelled = 0;

  /** Tasks that still wait. */
  get size(): number {
    return this.#heap.size - this.#cancelled;
  }

  add(at: Millis, task: () => void): Timer {
    if (Number.isNaN(at)) throw new RangeError("found NaN as the instant of a task: expected a number");
    const entry = new Entry(this, at, this.#added++, task);
    this.#heap.push(entry);
    return entry;
  }

  /** Counts an entry whose task was taken back. */
  noteCancelled(): void {
    this.#cancelled += 1;
    this.#shrink();
  }

  /** The earliest instant at which a task waits. */
  nextAt(): Millis | undefined {
    this.#dropCancelled();
    return this.#heap.peek()?.at;
  }

  /** Takes out the first task due at `now`. */
  takeDue(now: Millis): DueTask | undefined {
    this.#dropCancelled();
    const first = this.#heap.peek();
    if (first?.task === undefined || first.at > now) return undefined;
    this.#heap.pop();
    const { task } = first;
    first.task = undefined;
    return { at: first.at, task };
  }

  #dropCancelled(): void {
    for (let first = this.#heap.peek(); first !== undefined && first.task === undefined; first = this.#heap.peek()) {
      this.#heap.pop();
      this.#cancelled -= 1;
    }
  }

  /** Rebuilds the heap when most of it is cancelled, so that re-armed timers cannot pile up. */
  #shrink(): void {
    if (this.#cancelled < 64 || this.#cancelled * 2 < this.#heap.size) return;
    const kept: Entry[] = [];
    for (let entry = this.#heap.pop(); entry !== undefined; entry = this.#heap.pop()) {
      if (entry.task !== undefined) kept.push(entry);
    }
    for (const entry of kept) this.#heap.push(entry);
    this.#cancelled = 0;
  }
}

/** A task that is due, and when it was to run. */
export interface DueTask {
  readonly at: Millis;
  readonly task: () => void;
}

/** A task and its timer in one: tens of thousands wait at once. */
class Entry implements Timer {
  readonly at: Millis;
  readonly order: number;
  task: (() => void) | undefined;
  readonly #queue: TimerQueue;

  constructor(queue: TimerQueue, at: Millis, order: number, task: () => void) {
    this.#queue = queue;
    this.at = at;
    this.order = order;
    this.task = task;
  }

  cancel(): void {
    if (this.task === undefined) return;
    this.task = undefined;
    this.#queue.noteCancelled();
  }
}
