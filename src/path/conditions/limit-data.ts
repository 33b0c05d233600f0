import type { Millis } from "../../core/machine.ts";
import { type ActsOn, actsOn } from "../acts-on.ts";
import { PASS, type Condition, type ConditionKind, type Endings, type Verdict } from "../condition.ts";
import type { Direction, Segment } from "../segment.ts";

// States: counting -> spent, with the byte that reaches the limit in a direction -> over, when the flow is ended for it.

/** A hop that ends a flow after so much data. */
export interface LimitDataSettings {
  readonly type: "limit-data";
  /** What is counted; of both directions each for itself. */
  readonly direction: ActsOn;
  /** So many bytes of a direction pass, and not one more. 0 at least. */
  readonly limitBytes: number;
  /** How the flow ends behind the last of them. */
  readonly atLimit: Endings;
}

/** Ends a flow behind so many bytes of one direction. */
export const limitData: ConditionKind<LimitDataSettings> = {
  delays: true,
  prepare: (settings) => () => new LimitData(settings),
};

class LimitData implements Condition {
  readonly #settings: LimitDataSettings;
  readonly #bytes: Record<Direction, number> = { toServer: 0, toDevice: 0 };
  #spentAt: Millis | undefined;

  constructor(settings: LimitDataSettings) {
    this.#settings = settings;
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    const { direction, limitBytes } = this.#settings;
    if (segment.kind !== "data" || !actsOn(direction, segment.direction)) return PASS;
    const left = limitBytes - this.#bytes[segment.direction];
    if (left <= 0) return this.#end();
    if (segment.sizeBytes > left) return { kind: "split", atBytes: left };
    this.#bytes[segment.direction] += segment.sizeBytes;
    if (segment.sizeBytes === left) this.#spentAt = now;
    return PASS;
  }

  /** At once behind the byte that reached the limit. */
  nextDeadline(): Millis | undefined {
    return this.#spentAt;
  }

  onDeadline(): Verdict {
    return this.#spentAt === undefined ? PASS : this.#end();
  }

  #end(): Verdict {
    this.#spentAt = undefined;
    return { kind: "end", endings: this.#settings.atLimit };
  }
}
