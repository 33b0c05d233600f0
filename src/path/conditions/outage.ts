import type { Millis } from "../../core/machine.ts";
import { PASS, type Condition, type ConditionKind, type Verdict } from "../condition.ts";
import { type During, isDuring } from "../during.ts";
import { retransmissions } from "../retransmission.ts";
import type { Direction, Segment } from "../segment.ts";
import type { Timeline } from "../timeline.ts";

/** A way that is gone for a while, for everybody: the tunnel. */
export interface OutageSettings {
  readonly type: "outage";
  /** When it begins, in ms after the start of the timeline. 1 ms to 30 days. */
  readonly atMs: Millis;
  /** How long it lasts, in ms. 1 ms to 30 days. */
  readonly forMs: Millis;
  /** Length of a period after which the same happens anew, in ms, above `atMs + forMs`; absent for once. */
  readonly everyMs?: Millis;
  /** How long the sender waits before it sends again, in ms, doubled each time. 1 ms to 120 s. */
  readonly rtoMs: Millis;
}

/**
 * The outage: nothing crosses, either way. TCP sends again and again, ever more seldom, so what was sent during it
 * arrives with the first retransmission after its end, which may be much later; what is behind it arrives with it.
 * When TCP would have given up by then, the direction is dropped.
 */
export const outage: ConditionKind<OutageSettings> = {
  delays: true,
  prepare: (settings, { timeline }) => {
    const { atMs, forMs, everyMs, rtoMs } = settings;
    const window = { fromMs: atMs, untilMs: atMs + forMs, ...(everyMs === undefined ? {} : { everyMs }) };
    const offsets = retransmissions(rtoMs);
    return () => new Outage(window, offsets, timeline);
  },
};

class Outage implements Condition {
  readonly #window: During;
  readonly #offsets: readonly Millis[];
  readonly #timeline: Timeline;
  /** When a direction that lost a segment gets it through. */
  readonly #resumesAt: Record<Direction, Millis> = { toServer: -Infinity, toDevice: -Infinity };
  #startedAt: Millis | undefined;

  constructor(window: During, offsets: readonly Millis[], timeline: Timeline) {
    this.#window = window;
    this.#offsets = offsets;
    this.#timeline = timeline;
    this.#startedAt = timeline.startedAt;
  }

  onSegment({ direction }: Segment, now: Millis): Verdict {
    const resumesAt = this.#resumesAt[direction];
    if (now < resumesAt) return { kind: "delay", until: resumesAt };
    if (!this.#isOut(now)) return PASS;
    const offset = this.#offsets.find((each) => !this.#isOut(now + each));
    if (offset === undefined) return { kind: "drop" };
    this.#resumesAt[direction] = now + offset;
    return { kind: "delay", until: now + offset };
  }

  nextDeadline(): undefined {
    return undefined;
  }

  onDeadline(): Verdict {
    return PASS;
  }

  /** On a timeline that was stopped or started anew the outage that was is over. */
  review(): Verdict {
    if (this.#startedAt === this.#timeline.startedAt) return PASS;
    this.#startedAt = this.#timeline.startedAt;
    this.#resumesAt.toServer = -Infinity;
    this.#resumesAt.toDevice = -Infinity;
    return { kind: "release" };
  }

  #isOut(now: Millis): boolean {
    return isDuring(this.#window, this.#timeline.startedAt, now);
  }
}
