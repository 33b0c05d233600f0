/** Something whose wire has to be looked at now and then. */
export interface Swept {
  sweep(): void;
}

/**
 * Looks at every member once a period: bytes that TLS keeps to itself (half a record, a ticket, an alert) are activity
 * for a middlebox, and the platform counts them without telling.
 */
export class ActivitySweep {
  readonly #members = new Set<Swept>();
  #periodMs: number;
  #interval: NodeJS.Timeout | undefined;

  /**
   * @param shortestTimeoutMs the shortest idle time-out on the path, in real ms; the period is a 128th of it, so that
   * an expiry is at most that much late, and 10 ms to 10 s. `undefined` for a path that watches no silence.
   */
  constructor(shortestTimeoutMs: number | undefined) {
    this.#periodMs = periodOf(shortestTimeoutMs);
  }

  /** The shortest idle time-out of any member is another now, in real ms. */
  retime(shortestTimeoutMs: number | undefined): void {
    const periodMs = periodOf(shortestTimeoutMs);
    if (periodMs === this.#periodMs) return;
    this.#periodMs = periodMs;
    this.stop();
    this.#start();
  }

  /** Some members have this shortest idle time-out now, in real ms; others have what they had. */
  hasten(shortestTimeoutMs: number | undefined): void {
    if (periodOf(shortestTimeoutMs) < this.#periodMs) this.retime(shortestTimeoutMs);
  }

  add(member: Swept): void {
    this.#members.add(member);
    this.#start();
  }

  delete(member: Swept): void {
    if (this.#members.delete(member) && this.#members.size === 0) this.stop();
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.#interval);
    this.#interval = undefined;
  }

  #start(): void {
    if (this.#periodMs === Infinity || this.#members.size === 0) return;
    this.#interval ??= setInterval(() => {
      for (const each of this.#members) each.sweep();
    }, this.#periodMs);
  }
}

function periodOf(shortestTimeoutMs: number | undefined): number {
  return shortestTimeoutMs === undefined ? Infinity : Math.min(Math.max(shortestTimeoutMs / 128, 10), 10_000);
}
