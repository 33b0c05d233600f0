import type { Millis } from "../core/machine.ts";
import type { Condition, Verdict } from "../path/condition.ts";
import type { PathCondition, PathFlow, PathHop } from "../path/path-hop.ts";
import type { Segment } from "../path/segment.ts";

/** Hears how many more flows a hop remembers from an instant on. */
export type HearEntries = (change: 1 | -1, at: Millis) => void;

/**
 * Looks on at the idle time-outs of one hop: a flow has an entry there from its start until it expires or has closed. One
 * whose ends are both gone without the hop hearing of it keeps its entry until the hop's deadline, which the hop itself
 * told last.
 */
export function watchEntries(hops: readonly PathHop[], name: string, hear: HearEntries): readonly PathHop[] {
  return hops.map((hop) =>
    hop.name === name ? { ...hop, conditions: hop.conditions.map((condition) => watched(condition, hear)) } : hop,
  );
}

function watched(condition: PathCondition, hear: HearEntries): PathCondition {
  const { type, id, delays, origin } = condition;
  if (type !== "idle-timeout") return condition;
  return {
    type,
    id,
    delays,
    origin,
    open: (flow: PathFlow, openedAt: Millis = flow.createdAt) =>
      new Watched(condition.open(flow, openedAt), openedAt, hear),
  };
}

/** An idle time-out, which takes no notice of reviews and shares nothing. */
class Watched implements Condition {
  readonly #condition: Condition;
  readonly #hear: HearEntries;
  #listed = true;

  constructor(condition: Condition, openedAt: Millis, hear: HearEntries) {
    this.#condition = condition;
    this.#hear = hear;
    hear(1, openedAt);
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    return this.#seen(this.#condition.onSegment(segment, now), now);
  }

  nextDeadline(): Millis | undefined {
    return this.#condition.nextDeadline();
  }

  onDeadline(now: Millis): Verdict {
    return this.#seen(this.#condition.onDeadline(now), now);
  }

  /** The flow is gone: the entry stays until the deadline that stands. */
  forget(): void {
    const lastsUntil = this.nextDeadline();
    if (lastsUntil !== undefined) this.#leave(lastsUntil);
  }

  #seen(verdict: Verdict, now: Millis): Verdict {
    if (this.nextDeadline() === undefined) this.#leave(now);
    return verdict;
  }

  #leave(at: Millis): void {
    if (!this.#listed) return;
    this.#listed = false;
    this.#hear(-1, at);
  }
}
