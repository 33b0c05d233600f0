import type { Machine, Millis } from "./machine.ts";
import type { Scheduler, Timer } from "./scheduler.ts";

/**
 * Feeds one machine from one scheduler.
 * Due deadlines are settled before an event is handled; an event dispatched from an effect waits for its turn;
 * after `stop` nothing happens any more. What the machine or `perform` throws goes to whoever called, or to the
 * scheduler, and stops the driver: effects that are half done can't be made whole.
 */
export class Driver<Event, Effect> {
  readonly #machine: Machine<Event, Effect>;
  readonly #scheduler: Scheduler;
  readonly #perform: (effect: Effect) => void;
  /** Events that came while one was handled: few ever do, and tens of thousands of drivers stand idle. */
  #waiting: Event[] | undefined;
  #timer: Timer | undefined;
  /** The machine's deadline as it was last asked; whoever changes it by other means than an event calls `settle`. */
  #dueAt: Millis = -Infinity;
  #running = false;
  #stopped = false;

  constructor(machine: Machine<Event, Effect>, scheduler: Scheduler, perform: (effect: Effect) => void) {
    this.#machine = machine;
    this.#scheduler = scheduler;
    this.#perform = perform;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Hands an event to the machine, after those that wait already. */
  dispatch(event: Event): void {
    if (this.#stopped) return;
    if (this.#running) (this.#waiting ??= []).push(event);
    else this.#run(event);
  }

  /** Settles what is due now; for callers whose machine changed its deadline by other means. */
  settle(): void {
    if (!this.#stopped && !this.#running) this.#run();
  }

  /** Ends the driver for good: no event, deadline or effect gets through any more. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = undefined;
    this.#disarm();
  }

  #run(first?: Event): void {
    this.#running = true;
    try {
      let now = this.#scheduler.now();
      if (first === undefined || this.#dueAt <= now) this.#expireDue(now);
      for (let event = first ?? this.#waiting?.shift(); event !== undefined && !this.#stopped;) {
        this.#performAll(this.#machine.handle(event, now));
        this.#expireDue(now);
        event = this.#waiting?.shift();
        if (event !== undefined) now = this.#scheduler.now();
      }
      this.#waiting = undefined;
      this.#arm();
    } catch (error) {
      this.stop();
      throw error;
    } finally {
      this.#running = false;
    }
  }

  /**
   * A deadline that stands still while it is due would hold the driver for ever, so it has to move. What effects lead to
   * may give the machine one of this very instant, by other means than an event.
   */
  #expireDue(now: Millis): void {
    let at = this.#machine.nextDeadline();
    while (!this.#stopped && at !== undefined && at <= now) {
      const effects = this.#machine.expire(now);
      const next = this.#machine.nextDeadline();
      if (next !== undefined && next <= at) {
        throw new Error(`the machine kept its deadline ${at} when it expired at ${now}: expected a later one, or none`);
      }
      this.#performAll(effects);
      at = this.#machine.nextDeadline();
    }
    this.#dueAt = at ?? Infinity;
  }

  #performAll(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (this.#stopped) return;
      this.#perform(effect);
    }
  }

  /** An early wake-up is cheaper than moving a timer at every event, so a later deadline keeps the present timer. */
  #arm(): void {
    if (this.#stopped) return;
    const at = this.#dueAt;
    if (at === Infinity) return this.#disarm();
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#disarm();
    this.#timer = this.#scheduler.schedule(at, () => {
      this.#timer = undefined;
      this.settle();
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
