import type { Millis } from "../core/machine.ts";
import type { HttpFault } from "../http/message.ts";

/** Gives a device so long for a request's head, and for its first bytes. Told to wait while it waits, it goes on. */
export class HeadTimeout {
  readonly #timeoutMs: Millis;
  readonly #owner: Waiter;
  #timeout: NodeJS.Timeout | undefined;

  /** @param timeoutMs in real ms */
  constructor(timeoutMs: Millis, owner: Waiter) {
    this.#timeoutMs = timeoutMs;
    this.#owner = owner;
  }

  start(): void {
    this.#timeout ??= setTimeout(giveUp, this.#timeoutMs, this.#owner);
  }

  stop(): void {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
  }
}

/** Who waits for a head. */
interface Waiter {
  headTooSlow(): void;
}

function giveUp(owner: Waiter): void {
  owner.headTooSlow();
}

/** What is said then to a device that has begun one. */
export const SLOW_HEAD: HttpFault = { status: 408, message: "The request's head took too long.", offsetBytes: 0 };
