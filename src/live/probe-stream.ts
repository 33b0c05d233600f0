import type { Millis } from "../core/machine.ts";
import type { Scheduler, Timer } from "../core/scheduler.ts";

/** What a stream needs. */
export interface ProbeStreamOptions {
  readonly scheduler: Scheduler;
  /** Time between two bytes, in emulated ms. */
  readonly everyMs: Millis;
  /** Sends to the prober; false asks to wait until `drained` is called. */
  readonly write: (bytes: Uint8Array) => boolean;
}

/**
 * The bytes of an answer that goes on: its head at once, then a byte as a chunk each time. What a prober does not read
 * is not written either: a byte whose time comes before the last have left is left out.
 *
 * States: flowing <-> full (until `drained`) -> stopped.
 */
export class ProbeStream {
  readonly #options: ProbeStreamOptions;
  #timer: Timer;
  #full: boolean;

  constructor(options: ProbeStreamOptions) {
    this.#options = options;
    this.#full = !options.write(HEAD);
    this.#timer = this.#next();
  }

  drained(): void {
    this.#full = false;
  }

  /** Ends the answer in order. */
  end(): void {
    this.stop();
    this.#options.write(LAST_CHUNK);
  }

  /** Nothing more is written. */
  stop(): void {
    this.#timer.cancel();
  }

  #next(): Timer {
    const { scheduler, everyMs } = this.#options;
    return scheduler.schedule(scheduler.now() + everyMs, () => this.#tick());
  }

  #tick(): void {
    if (!this.#full) this.#full = !this.#options.write(ONE_BYTE);
    this.#timer = this.#next();
  }
}

const HEAD = Buffer.from("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
const ONE_BYTE = Buffer.from("1\r\n.\r\n");
const LAST_CHUNK = Buffer.from("0\r\n\r\n");
