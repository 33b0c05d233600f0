import type { Output } from "./output.ts";

/** What a running command does when it is asked to stop. */
export interface Stopping {
  /** Lets what runs come to its end. */
  readonly drain: () => Promise<void>;
  /** How many connections still wait for an answer. */
  readonly busyCount: () => number;
}

/**
 * Waits for SIGTERM or SIGINT and drains; a second signal ends the wait at once.
 * Resolves when everything may be ended.
 */
export async function untilAskedToStop(output: Output, { drain, busyCount }: Stopping): Promise<void> {
  const signals = new SignalQueue();
  const first = await signals.next();
  const count = busyCount();
  const those = count === 1 ? "1 connection that waits" : `${count} connections that wait`;
  if (count > 0) output.note(`${first}: letting ${those} for an answer end; a second signal ends everything at once`);
  await Promise.race([drain(), signals.next()]);
  signals.stop();
}

/** SIGINT and SIGTERM, one after the other. */
class SignalQueue {
  readonly #seen: string[] = [];
  #waiting: ((signal: string) => void) | undefined;

  constructor() {
    process.on("SIGINT", this.#on);
    process.on("SIGTERM", this.#on);
  }

  next(): Promise<string> {
    const seen = this.#seen.shift();
    if (seen !== undefined) return Promise.resolve(seen);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  stop(): void {
    process.off("SIGINT", this.#on);
    process.off("SIGTERM", this.#on);
  }

  readonly #on = (signal: string): void => {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#seen.push(signal);
    else waiting(signal);
  };
}
