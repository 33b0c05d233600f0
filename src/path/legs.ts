import { type Direction, type End, farEnd, nearEnd, type Segment } from "./segment.ts";

// An end: open -> finished, when a FIN leaves the path for it -> over, when it sends an RST, or one leaves for it.
//         What an end that is over still sends is ignored, and so is what would still leave for it: neither exists.

type EndState = "open" | "finished" | "over";

/** How the two ends of a flow stand, as its path knows them. */
export class Legs {
  #device: EndState = "open";
  #server: EndState = "open";
  #answering = false;

  /** Takes note of a segment that an end sends; false when nothing can come from that end any more. */
  sends({ kind, direction }: Segment): boolean {
    const from = nearEnd(direction);
    if (this.#isGone(from)) return false;
    if (kind === "rst") this.#become(from, "over");
    return true;
  }

  /** Takes note of a segment that leaves the path for an end; false when nobody is there to receive it. */
  receives({ kind, direction }: Segment): boolean {
    const end = farEnd(direction);
    const state = this.#state(end);
    if (state === "over" || (state === "finished" && kind !== "rst")) return false;
    if (kind !== "data") this.#become(end, kind === "rst" ? "over" : "finished");
    return true;
  }

  /** Has a hop answer the device: it does so from the server's end, whatever has become of the server. */
  answer(): void {
    this.#answering = true;
  }

  /** Whether there is an end to send data in a direction, and one to receive it. */
  carries(direction: Direction): boolean {
    return !this.#isGone(nearEnd(direction)) && this.#state(farEnd(direction)) === "open";
  }

  #isGone(end: End): boolean {
    return this.#state(end) === "over" && !(end === "server" && this.#answering);
  }

  #state(end: End): EndState {
    return end === "device" ? this.#device : this.#server;
  }

  #become(end: End, state: EndState): void {
    if (end === "device") this.#device = state;
    else this.#server = state;
  }
}
