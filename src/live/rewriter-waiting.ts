import type { HttpEvent, RequestHead } from "../http/message.ts";

/** Bytes of later requests that may wait for an answer before the device has to. */
const LIMIT_BYTES = 64 * 1024;

/** What a device has asked that waits for the answer before it. */
export class WaitingRequests {
  readonly #events: HttpEvent<RequestHead>[] = [];
  #bytes = 0;

  get first(): HttpEvent<RequestHead> | undefined {
    return this.#events[0];
  }

  get empty(): boolean {
    return this.#events.length === 0;
  }

  /** Whether more waits than may. */
  get full(): boolean {
    return this.#bytes > LIMIT_BYTES;
  }

  /** Whether a whole request, or the beginning of one, waits. */
  get asks(): boolean {
    return this.#events.some(({ kind }) => kind === "head");
  }

  add(event: HttpEvent<RequestHead>): void {
    this.#events.push(event);
    if (event.kind === "bytes") this.#bytes += event.bytes.length;
  }

  /** Takes the first out. */
  take(): void {
    const event = this.#events.shift();
    if (event?.kind === "bytes") this.#bytes -= event.bytes.length;
  }

  clear(): void {
    this.#events.length = 0;
  }
}
