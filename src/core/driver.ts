import type { Machine } from "./machine.ts";
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
  #timerAt: number | undefined;
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
      this.#expireDue();
      for (
        let event = first ?? this.#waiting?.shift();
        event !== undefined && !this.#stopped;
        event = this.#waiting?.shift()
      ) {
        this.#performAll(this.#machine.handle(event, this.#scheduler.now()));
        this.#expireDue();
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
  #expireDue(): void {
    const now = this.#scheduler.now();
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
    const at = this.#machine.nextDeadline();
    if (at === undefined) return this.#disarm();
    if (this.#timer !== undefined && this.#timerAt !== undefined && this.#timerAt <= at) return;
    this.#disarm();
    this.#timerAt = at;
    this.#timer = this.#scheduler.schedule(at, () => {
      this.#timer = undefined;
      this.#timerAt = undefined;
      this.settle();
    });
  }

  #disarm(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = undefined;
  }
}
