import type { Millis } from "../../core/machine.ts";
import { PASS, REFUSAL, type Condition, type ConditionKind, type Verdict } from "../condition.ts";
import type { Segment } from "../segment.ts";

/** A hop that takes no connection. */
export interface RefuseSettings {
  readonly type: "refuse";
}

/**
 * The refusal: the device gets an RST as soon as it is connected, and the server hears nothing.
 * The kernel has answered the SYN before any process hears of it, so this is the nearest that user space comes.
 */
export const refuse: ConditionKind<RefuseSettings> = {
  delays: false,
  prepare:
    () =>
    ({ createdAt }) =>
      new Refuse(createdAt),
};

class Refuse implements Condition {
  #refusesAt: Millis | undefined;

  constructor(createdAt: Millis) {
    this.#refusesAt = createdAt;
  }

  onSegment(_segment: Segment, now: Millis): Verdict {
    return this.onDeadline(now);
  }

  nextDeadline(): Millis | undefined {
    return this.#refusesAt;
  }

  onDeadline(now: Millis): Verdict {
    if (this.#refusesAt === undefined || now < this.#refusesAt) return PASS;
    this.#refusesAt = undefined;
    return { kind: "end", endings: REFUSAL };
  }
}
