import type { Millis } from "../core/machine.ts";

/** Gives a device so long for a request's head, and for its first bytes. Told to wait while it waits, it goes on. */
export class HeadTimeout {
  readonly #timeoutMs: Millis;
  readonly #onTimeout: () => void;
  #timeout: NodeJS.Timeout | undefined;

  /** @param timeoutMs in real ms */
  constructor(timeoutMs: Millis, onTimeout: () => void) {
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
  }

  start(): void {
    this.#timeout ??= setTimeout(this.#onTimeout, this.#timeoutMs);
  }

  stop(): void {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
  }
}
