import type { Millis } from "../../core/machine.ts";
import { PASS, type Condition, type ConditionKind, type Verdict } from "../condition.ts";
import type { Segment } from "../segment.ts";

/** A hop that answers the SYN late. */
export interface SlowAcceptSettings {
  readonly type: "slow-accept";
  /** How late, in ms after the flow's start. 1 ms to 30 days. */
  readonly delayMs: Millis;
}

/**
 * The slow accept: all that the device sends before the connection is accepted waits until then.
 * The kernel has answered the SYN before any process hears of it, so this is the nearest that user space comes.
 */
export const slowAccept: ConditionKind<SlowAcceptSettings> = {
  delays: true,
  prepare:
    ({ delayMs }) =>
    ({ createdAt }) =>
      new SlowAccept(createdAt + delayMs),
};

class SlowAccept implements Condition {
  readonly #acceptedAt: Millis;

  constructor(acceptedAt: Millis) {
    this.#acceptedAt = acceptedAt;
  }

  onSegment({ direction }: Segment, now: Millis): Verdict {
    if (direction === "toDevice" || now >= this.#acceptedAt) return PASS;
    return { kind: "delay", until: this.#acceptedAt };
  }

  nextDeadline(): undefined {
    return undefined;
  }

  onDeadline(): Verdict {
    return PASS;
  }
}
