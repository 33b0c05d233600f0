import type { Millis } from "../../core/machine.ts";
import { type ActsOn, actsOn } from "../acts-on.ts";
import { PASS, type Condition, type ConditionKind, type Endings, type Verdict } from "../condition.ts";
import type { Segment } from "../segment.ts";

// States: unused -> used, with the first data or FIN -> over, when the flow is ended.

/** A hop that ends a flow for being used. */
export interface CutOffSettings {
  readonly type: "cut-off";
  readonly direction: ActsOn;
  /** How long after the first data or FIN, in ms, 1 ms to 30 days; `undefined` for at once. */
  readonly afterMs?: Millis;
  readonly ending: Endings;
}

/** Swallows the first data or FIN of a direction and all that follows it there, and ends the flow, at once or later. */
export const cutOff: ConditionKind<CutOffSettings> = {
  delays: true,
  prepare: (settings) => () => new CutOff(settings),
};

class CutOff implements Condition {
  readonly #settings: CutOffSettings;
  #endsAt: Millis | undefined;

  constructor(settings: CutOffSettings) {
    this.#settings = settings;
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    const { direction, afterMs } = this.#settings;
    if (segment.kind === "rst" || !actsOn(direction, segment.direction)) return PASS;
    if (afterMs === undefined) return this.#end();
    this.#endsAt ??= now + afterMs;
    return { kind: "drop" };
  }

  nextDeadline(): Millis | undefined {
    return this.#endsAt;
  }

  onDeadline(now: Millis): Verdict {
    return this.#endsAt === undefined || now < this.#endsAt ? PASS : this.#end();
  }

  #end(): Verdict {
    this.#endsAt = undefined;
    return { kind: "end", endings: this.#settings.ending };
  }
}
