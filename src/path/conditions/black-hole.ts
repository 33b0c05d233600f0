import type { Millis } from "../../core/machine.ts";
import { type ActsOn, actsOn } from "../acts-on.ts";
import { PASS, type Condition, type ConditionKind, type Endings, type Verdict } from "../condition.ts";
import type { Segment } from "../segment.ts";

// States: waiting (ends the flow at an instant that data moves on, or never) -> over, when it has ended the flow.

/** A hop that lets no data through. */
export interface BlackHoleSettings {
  readonly type: "black-hole";
  readonly direction: ActsOn;
  /** Ends the flow after so long without data to swallow, in ms, 1 ms to 30 days; `undefined` for never. */
  readonly endAfterMs?: Millis;
  /** How the flow ends then, and when the sender ends its side. */
  readonly atEnd: Endings;
}

/**
 * Swallows all data of a direction, and ends the flow after a silence there or behind the sender's FIN.
 * The silence is counted from the flow's start, or from when the condition came, and anew from all that it swallows.
 */
export const blackHole: ConditionKind<BlackHoleSettings> = {
  delays: true,
  prepare: (settings) => (flow) => new BlackHole(settings, flow.createdAt),
};

class BlackHole implements Condition {
  readonly #settings: BlackHoleSettings;
  #endsAt: Millis | undefined;

  constructor(settings: BlackHoleSettings, createdAt: Millis) {
    this.#settings = settings;
    this.#restart(createdAt);
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    if (!actsOn(this.#settings.direction, segment.direction)) return PASS;
    switch (segment.kind) {
      case "data":
        this.#restart(now);
        return { kind: "drop" };
      case "fin":
        return this.#end();
      case "rst":
        return PASS;
    }
  }

  onLost(segment: Segment, now: Millis): Verdict {
    return this.onSegment(segment, now);
  }

  nextDeadline(): Millis | undefined {
    return this.#endsAt;
  }

  onDeadline(now: Millis): Verdict {
    return this.#endsAt === undefined || now < this.#endsAt ? PASS : this.#end();
  }

  #restart(now: Millis): void {
    const { endAfterMs } = this.#settings;
    this.#endsAt = endAfterMs === undefined ? undefined : now + endAfterMs;
  }

  #end(): Verdict {
    this.#endsAt = undefined;
    return { kind: "end", endings: this.#settings.atEnd };
  }
}
