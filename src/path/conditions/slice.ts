import type { Millis } from "../../core/machine.ts";
import type { Random } from "../../core/random.ts";
import { type ActsOn, actsOn } from "../acts-on.ts";
import { PASS, type Condition, type ConditionKind, type Verdict } from "../condition.ts";
import type { Direction, Segment } from "../segment.ts";

// Each direction for itself: whole -> in hand, when a piece is cut off, until that piece comes to be judged. What is left
// of the data waits in one, and is cut when the pause is over: 64 KiB in pieces of a byte would be 65,536 segments.

/** A hop that cuts data into small pieces. */
export interface SliceSettings {
  readonly type: "slice";
  readonly direction: ActsOn;
  /** Size of a piece on average, in bytes, 1 at least. */
  readonly sizeBytes: number;
  /** By how much pieces are larger or smaller, in bytes; each size is as likely as any other. Less than `sizeBytes`. */
  readonly variationBytes: number;
  /** Pause between a piece and what follows it, in ms; 0 for none. */
  readonly pauseMs: Millis;
}

/** Cuts data into pieces, each a segment of its own, with a pause behind each. */
export const slice: ConditionKind<SliceSettings> = {
  delays: true,
  prepare:
    (settings) =>
    ({ random }) =>
      new Slice(settings, random),
};

class Slice implements Condition {
  readonly #settings: SliceSettings;
  readonly #random: Random;
  readonly #states: Readonly<Record<Direction, SliceState>> = {
    toServer: new SliceState(),
    toDevice: new SliceState(),
  };

  constructor(settings: SliceSettings, random: Random) {
    this.#settings = settings;
    this.#random = random;
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    if (segment.kind !== "data" || !actsOn(this.#settings.direction, segment.direction)) return PASS;
    const state = this.#states[segment.direction];
    if (now < state.freeAt) return { kind: "wait", until: state.freeAt };
    if (!state.inHand) {
      const atBytes = this.#drawSize();
      state.inHand = atBytes < segment.sizeBytes;
      if (state.inHand) return { kind: "split", atBytes };
    }
    state.inHand = false;
    state.freeAt = now + this.#settings.pauseMs;
    return PASS;
  }

  nextDeadline(): undefined {
    return undefined;
  }

  onDeadline(): Verdict {
    return PASS;
  }

  #drawSize(): number {
    const { sizeBytes, variationBytes } = this.#settings;
    return Math.max(1, sizeBytes + this.#random.integer(-variationBytes, variationBytes));
  }
}

/** One direction of one flow. */
class SliceState {
  /** Whether the next data is a piece that was cut off just now. */
  inHand = false;
  /** When the pause behind the latest piece is over. */
  freeAt: Millis = -Infinity;
}
