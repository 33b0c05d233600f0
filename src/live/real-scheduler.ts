import { Distribution } from "../core/distribution.ts";
import type { Millis } from "../core/machine.ts";
import type { Scheduler, Timer } from "../core/scheduler.ts";
import { TimerQueue } from "../core/timer-queue.ts";
import { UsageError } from "../errors.ts";

/** The most emulated seconds that a real second can hold; beyond it a millisecond is too coarse for any interval. */
export const LARGEST_TIME_SCALE = 10_000;

/** How emulated time runs against the machine's. */
export interface RealSchedulerOptions {
  /** Emulated seconds in one real second, above 0 and at most 10,000; default 1. */
  readonly timeScale?: number;
  /**
   * Whether the clock stands still at each deadline until what it set off has settled; default false.
   * For runs in which devices, proxy and server share one process: a stall of the machine then delays everything
   * alike instead of looking like silence on the path.
   */
  readonly paced?: boolean;
  /** Whether time stands at 0 until `start` is called, so that what is set up first costs none; default false. */
  readonly standing?: boolean;
}

/**
 * Real time, scaled. Tasks never run early; one timer of the platform serves all of them. Where a turn of the event loop
 * is long, as when thousands of devices connect at once, what falls due meanwhile runs between two of its callbacks.
 * Instants count from the making of the scheduler and do not jump with the wall clock.
 */
export class RealScheduler implements Scheduler {
  readonly timeScale: number;
  /** How much later than due tasks ran, in real s; not counted while it is paced, where none is late. */
  readonly lateness = new Distribution(LATENESS_BOUNDS_SECONDS);
  readonly #paced: boolean;
  readonly #queue = new TimerQueue();
  #origin = performance.now();
  #timeout: NodeJS.Timeout | undefined;
  /** When the platform's timer is to fire; never while none is armed, or while what is due is about to run. */
  #timeoutAt: Millis = Infinity;
  #standsAt: Millis | undefined;
  /** Whether anybody asked for the time since the last turn: a sign that something still goes on. */
  #asked = false;
  /** Whether what is due is running: the timer is set behind it. */
  #running = false;
  #stopped = false;

  /** @throws UsageError E_USAGE for a time scale that can't be */
  constructor({ timeScale = 1, paced = false, standing = false }: RealSchedulerOptions = {}) {
    if (!(timeScale > 0 && timeScale <= LARGEST_TIME_SCALE)) throw unfit(timeScale);
    this.timeScale = timeScale;
    this.#paced = paced;
    if (standing) this.#standsAt = 0;
  }

  /** Lets time run on from 0, for a scheduler that was made standing; to be called once. */
  start(): void {
    this.#origin = performance.now();
    this.#standsAt = undefined;
    this.#arm();
  }

  now(): Millis {
    this.#asked = true;
    if (this.#standsAt !== undefined) return this.#standsAt;
    const now = this.#elapsed();
    if (now >= this.#timeoutAt && !this.#paced) this.#hasten();
    return now;
  }

  schedule(at: Millis, task: () => void): Timer {
    const timer = this.#queue.add(Math.max(at, this.now()), task);
    if (this.#standsAt === undefined) this.#arm();
    return timer;
  }

  /** Tasks that still wait. */
  get pending(): number {
    return this.#queue.size;
  }

  /** Runs nothing any more, so that the process can end. */
  stop(): void {
    this.#stopped = true;
    this.#disarm();
  }

  #elapsed(): Millis {
    return (performance.now() - this.#origin) * this.timeScale;
  }

  #arm(): void {
    const at = this.#queue.nextAt();
    if (at === undefined || this.#running || this.#stopped) return;
    if (this.#timeoutAt <= at) return;
    this.#disarm();
    const delayMs = Math.ceil((at - this.#elapsed()) / this.timeScale);
    this.#timeoutAt = at;
    this.#timeout = setTimeout(this.#wake, Math.min(Math.max(delayMs, 0), LONGEST_TIMEOUT_MS));
  }

  #disarm(): void {
    clearTimeout(this.#timeout);
    this.#timeoutAt = Infinity;
  }

  /** The timer has fired late, or has yet to: what is due runs as soon as the callback that found it so is done. */
  #hasten(): void {
    this.#disarm();
    queueMicrotask(this.#wake);
  }

  readonly #wake = (): void => {
    this.#disarm();
    if (this.#paced) this.#runPaced();
    else this.#runDue();
  };

  #runDue(): void {
    const end = this.#elapsed();
    this.#running = true;
    try {
      for (let due = this.#queue.takeDue(end); due !== undefined; due = this.#queue.takeDue(end)) {
        if (this.#stopped) return;
        this.lateness.add((this.#elapsed() - due.at) / this.timeScale / 1000);
        due.task();
      }
    } finally {
      this.#running = false;
      this.#arm();
    }
  }

  /** Runs the tasks of one instant, lets their bytes arrive while the clock stands, then those of the next. */
  #runPaced(): void {
    const at = this.#queue.nextAt();
    if (at === undefined || at > this.#elapsed() || this.#stopped) {
      this.#standsAt = undefined;
      this.#arm();
      return;
    }
    this.#standsAt = at;
    for (let due = this.#queue.takeDue(at); due !== undefined; due = this.#queue.takeDue(at)) due.task();
    this.#settle(QUIET_TURNS, MOST_TURNS);
  }

  /** Waits until nobody has asked for the time for some turns of the event loop. */
  #settle(quietTurns: number, turns: number): void {
    this.#asked = false;
    setImmediate(() => {
      const left = this.#asked ? QUIET_TURNS : quietTurns - 1;
      if (left > 0 && turns > 1) this.#settle(left, turns - 1);
      else this.#runPaced();
    });
  }
}

function unfit(timeScale: number): UsageError {
  const expected = `expected more than 0 and at most ${LARGEST_TIME_SCALE}`;
  return new UsageError("E_USAGE", `found the time scale ${timeScale}, ${expected}`);
}

/** From what a timer of Node's costs at best to what devices feel. */
const LATENESS_BOUNDS_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5] as const;

/** The longest delay `setTimeout` takes; a later task is reached in several steps. Source: Node.js timers. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Turns of the event loop without anybody asking for the time after which an instant has settled: every machine asks
 * when something reaches it, and between two machines on loopback, a TLS handshake included, lie a few turns.
 */
const QUIET_TURNS = 24;

/** The most turns that an instant may take, so that endless traffic can't stop the clock. */
const MOST_TURNS = 5000;
