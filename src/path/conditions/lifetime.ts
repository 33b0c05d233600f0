import type { Millis } from "../../core/machine.ts";
import { Closing } from "../closing.ts";
import { PASS, type Condition, type ConditionKind, type Endings, type Verdict } from "../condition.ts";
import type { Segment } from "../segment.ts";

// States: waiting (ends the flow at an instant that nothing moves), over.
// waiting -> over: the age is reached; an RST passes; a FIN has passed in both directions.

/** A middlebox that ends every flow at an age, whatever its traffic. */
export interface LifetimeSettings {
  readonly type: "lifetime";
  /** Age at which the flow ends, in ms, counted from its start. 1 s to 30 days. */
  readonly ageMs: Millis;
  readonly atExpiry: Endings;
}

/** The lifetime: ends a flow at an age; a segment at that very instant comes too late. */
export const lifetime: ConditionKind<LifetimeSettings> = {
  delays: false,
  prepare: (settings) => (flow) => new Lifetime(settings, flow.createdAt),
};

class Lifetime implements Condition {
  readonly #atExpiry: Endings;
  /** Made at the first FIN or RST: tens of thousands of flows wait for theirs. */
  #closing: Closing | undefined;
  #endsAt: Millis | undefined;

  constructor({ ageMs, atExpiry }: LifetimeSettings, createdAt: Millis) {
    this.#atExpiry = atExpiry;
    this.#endsAt = createdAt + ageMs;
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    const verdict = this.onDeadline(now);
    if (segment.kind !== "data") this.#noteClosing(segment);
    return verdict;
  }

  #noteClosing(segment: Segment): void {
    this.#closing ??= new Closing();
    this.#closing.note(segment);
    if (this.#closing.over) this.#endsAt = undefined;
  }

  nextDeadline(): Millis | undefined {
    return this.#endsAt;
  }

  onDeadline(now: Millis): Verdict {
    if (this.#endsAt === undefined || now < this.#endsAt) return PASS;
    this.#endsAt = undefined;
    return { kind: "end", endings: this.#atExpiry };
  }
}
