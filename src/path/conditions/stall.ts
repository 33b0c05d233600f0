import type { Millis } from "../../core/machine.ts";
import { type ActsOn, actsOn } from "../acts-on.ts";
import { PASS, type Condition, type ConditionKind, type Verdict } from "../condition.ts";
import type { Segment } from "../segment.ts";

/** A way on which nothing moves for a while. */
export interface StallSettings {
  readonly type: "stall";
  readonly direction: ActsOn;
  /** When it begins, in ms after the flow's start, or after it was turned on; 0 to 30 days. */
  readonly afterMs: Millis;
  /** How long it lasts, in ms, 1 ms to 30 days; absent for as long as the condition is there. */
  readonly forMs?: Millis;
}

/**
 * The stall: withholds what is sent during it, FIN and RST too, until its end.
 * What is withheld goes on in its order when the stall ends, or when the condition is taken off.
 */
export const stall: ConditionKind<StallSettings> = {
  delays: true,
  prepare: (settings) => (flow) => new Stall(settings, flow.createdAt),
};

class Stall implements Condition {
  readonly #direction: ActsOn;
  readonly #from: Millis;
  readonly #until: Millis;

  constructor({ direction, afterMs, forMs = Infinity }: StallSettings, createdAt: Millis) {
    this.#direction = direction;
    this.#from = createdAt + afterMs;
    this.#until = this.#from + forMs;
  }

  onSegment({ direction }: Segment, now: Millis): Verdict {
    if (!actsOn(this.#direction, direction) || now < this.#from || now >= this.#until) return PASS;
    return { kind: "delay", until: this.#until };
  }

  nextDeadline(): undefined {
    return undefined;
  }

  onDeadline(): Verdict {
    return PASS;
  }
}
