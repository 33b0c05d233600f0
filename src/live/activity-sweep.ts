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
  readonly #periodMs: number;
  #interval: NodeJS.Timeout | undefined;

  /**
   * @param shortestTimeoutMs the shortest idle time-out on the path, in real ms; the period is a 128th of it, so that
   * an expiry is at most that much late, and 10 ms to 10 s. `undefined` for a path that watches no silence.
   */
  constructor(shortestTimeoutMs: number | undefined) {
    this.#periodMs = shortestTimeoutMs === undefined ? 0 : Math.min(Math.max(shortestTimeoutMs / 128, 10), 10_000);
  }

  add(member: Swept): void {
    if (this.#periodMs === 0) return;
    this.#members.add(member);
    this.#interval ??= setInterval(() => {
      for (const each of this.#members) each.sweep();
    }, this.#periodMs);
  }

  delete(member: Swept): void {
    if (this.#members.delete(member) && this.#members.size === 0) this.stop();
  }

  /** Looks no more. */
  stop(): void {
    clearInterval(this.#interval);
    this.#interval = undefined;
  }
}
