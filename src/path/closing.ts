import type { Direction, Segment } from "./segment.ts";

// States: open -> half closed, when a FIN passes -> over, when one passes in the other direction too; an RST ends either.

/** How far a flow has come to its end, for a hop that sees its segments pass. */
export class Closing {
  #finDirection: Direction | undefined;
  #over = false;

  /** A FIN has passed in one direction. */
  get halfClosed(): boolean {
    return this.#finDirection !== undefined;
  }

  /** An RST has passed, or a FIN each way: for the hop the flow is no more. */
  get over(): boolean {
    return this.#over;
  }

  /** Takes note of a segment that passes. */
  note(segment: Segment): void {
    switch (segment.kind) {
      case "data":
        return;
      case "fin":
        this.#finDirection ??= segment.direction;
        this.#over ||= this.#finDirection !== segment.direction;
        return;
      case "rst":
        this.#over = true;
    }
  }
}
