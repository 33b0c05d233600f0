import type { Millis } from "../../core/machine.ts";
import type { Random } from "../../core/random.ts";
import { type ActsOn, actsOn } from "../acts-on.ts";
import { PASS, type Condition, type ConditionKind, type Verdict } from "../condition.ts";
import { DEVIATIONS, type Distribution } from "../deviation.ts";
import type { Segment } from "../segment.ts";

/** A way that takes time. */
export interface LatencySettings {
  readonly type: "latency";
  /** One way, in ms; the middle of what is drawn. 1 ms to 30 days. */
  readonly delayMs: Millis;
  /** How far single delays lie from it, in ms; 0 for not at all. What exactly it measures the distribution says. */
  readonly jitterMs: Millis;
  readonly distribution: Distribution;
  readonly direction: ActsOn;
}

/** What may wait: the product of bandwidth and delay of a fast line, not a queue. */
const QUEUE_BYTES = 4 * 1024 * 1024;

/**
 * Latency: every segment arrives later, FIN and RST too, never before the one ahead of it.
 * Each segment's delay is drawn anew: delay + jitter * deviation, 0 at least.
 */
export const latency: ConditionKind<LatencySettings> = {
  delays: true,
  prepare: (settings) => (flow) => new Latency(settings, flow.random),
};

class Latency implements Condition {
  readonly queueBytes = QUEUE_BYTES;
  readonly #settings: LatencySettings;
  readonly #random: Random;

  constructor(settings: LatencySettings, random: Random) {
    this.#settings = settings;
    this.#random = random;
  }

  onSegment({ direction }: Segment, now: Millis): Verdict {
    if (!actsOn(this.#settings.direction, direction)) return PASS;
    return { kind: "delay", until: now + this.#draw() };
  }

  nextDeadline(): undefined {
    return undefined;
  }

  onDeadline(): Verdict {
    return PASS;
  }

  #draw(): Millis {
    const { delayMs, jitterMs, distribution } = this.#settings;
    if (jitterMs === 0) return delayMs;
    return Math.max(0, delayMs + jitterMs * DEVIATIONS[distribution](this.#random));
  }
}
