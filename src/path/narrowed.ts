import type { Millis } from "../core/machine.ts";
import type { Random } from "../core/random.ts";
import {
  PASS,
  type Condition,
  type ConditionSetup,
  type FlowStart,
  type OpenCondition,
  type Verdict,
} from "./condition.ts";
import { type During, isDuring, nextTurn } from "./during.ts";
import { type FlowFacts, NO_FACTS } from "./flow-facts.ts";
import { asksForRequests, type Fits, type Match, prepareMatch } from "./match.ts";
import type { Segment } from "./segment.ts";
import type { Timeline } from "./timeline.ts";

// States: off, and on, when the flow fits the match and the timeline stands in the window. Turning on opens the
// condition as if the flow began then; turning off forgets it, and what waited in it goes on at once.
//
// An occasion is a flow or, where the match asks for what requests show or shares devices out, a request that fits.
// `skip`, `every` and `times` count occasions over all flows of the condition.

/** What narrows a condition of any kind. */
export interface Narrowing {
  /** Names the condition for whoever changes it; unique in its path. */
  readonly name?: string;
  readonly match?: Match;
  readonly during?: During;
}

/** Lets a condition act only on the flows and at the times that its settings name. */
export function narrow(settings: Narrowing, open: OpenCondition, setup: ConditionSetup): OpenCondition {
  const { match, during } = settings;
  if (match === undefined && during === undefined) return open;
  const occasions = new Occasions(match ?? {});
  return (flow) => new Narrowed(flow, open, occasions, during, setup);
}

/** Counts for all flows of one condition. */
class Occasions {
  readonly #match: Match;
  readonly #fits: Fits;
  readonly #needsRequests: boolean;
  #count = 0;
  #taken = 0;

  constructor(match: Match) {
    this.#match = match;
    this.#fits = prepareMatch(match);
    this.#needsRequests = asksForRequests(match);
  }

  /** Whether a flow must show a request before anything can be said of it. */
  waitsForRequests(flow: FlowStart): boolean {
    return this.#needsRequests || (flow.http && this.#match.share !== undefined && this.#match.shareOf !== "flows");
  }

  /**
   * Whether the condition is to act on this occasion; each call counts as one when it fits.
   * @param draw the flow's own
   * @param alike what all flows of a device draw alike from
   */
  takes(facts: FlowFacts, flow: FlowStart, draw: number, alike: Random): boolean {
    const { share = 1, shareOf = "devices", skip = 0, every = 1, times = Infinity } = this.#match;
    if (!this.#fits(facts, flow.source)) return false;
    const drawn = shareOf === "flows" ? draw : alike.fork(facts.deviceId ?? flow.source ?? "").next();
    if (drawn >= share) return false;
    const number = this.#count - skip;
    this.#count += 1;
    if (number < 0 || number % every !== 0 || this.#taken >= times) return false;
    this.#taken += 1;
    return true;
  }
}

class Narrowed implements Condition {
  readonly #flow: FlowStart;
  readonly #open: OpenCondition;
  readonly #occasions: Occasions;
  readonly #during: During | undefined;
  readonly #timeline: Timeline;
  readonly #alike: Random;
  readonly #draw: number;
  #facts: FlowFacts = NO_FACTS;
  #fits: boolean;
  #inner: Condition | undefined;
  #turnsAt: Millis | undefined;

  constructor(
    flow: FlowStart,
    open: OpenCondition,
    occasions: Occasions,
    during: During | undefined,
    setup: ConditionSetup,
  ) {
    this.#flow = flow;
    this.#open = open;
    this.#occasions = occasions;
    this.#during = during;
    this.#timeline = setup.timeline;
    this.#alike = setup.random;
    this.#draw = flow.random.next();
    this.#fits = !occasions.waitsForRequests(flow) && occasions.takes(NO_FACTS, flow, this.#draw, this.#alike);
    this.#turn(flow.createdAt);
  }

  get active(): boolean {
    return this.#inner !== undefined;
  }

  get queueBytes(): number | undefined {
    return this.#inner?.queueBytes;
  }

  get onKeepalive(): Condition["onKeepalive"] {
    return this.#inner?.onKeepalive;
  }

  onSegment(segment: Segment, now: Millis): Verdict {
    return this.#inner?.onSegment(segment, now) ?? PASS;
  }

  onLost(segment: Segment, now: Millis): Verdict {
    return this.#inner?.onLost?.(segment, now) ?? PASS;
  }

  nextDeadline(): Millis | undefined {
    const deadline = Math.min(this.#inner?.nextDeadline() ?? Infinity, this.#turnsAt ?? Infinity);
    return deadline === Infinity ? undefined : deadline;
  }

  /** At one instant it turns first: what no longer acts then does not act at that instant, and what acts from then on does. */
  onDeadline(now: Millis): Verdict {
    const turned = this.#turnsAt !== undefined && this.#turnsAt <= now ? this.#turn(now) : PASS;
    const inner = this.#inner;
    const deadline = inner?.nextDeadline();
    return inner === undefined || deadline === undefined || deadline > now ? turned : inner.onDeadline(now);
  }

  /** A later request can turn the condition on or off; between requests nothing new is known. */
  review(facts: FlowFacts, now: Millis): Verdict {
    const isRequest = facts.requests > this.#facts.requests;
    this.#facts = facts;
    if (isRequest && this.#occasions.waitsForRequests(this.#flow)) {
      this.#fits = this.#occasions.takes(facts, this.#flow, this.#draw, this.#alike);
    }
    const inner = this.#inner;
    const turned = this.#turn(now);
    return inner !== undefined && inner === this.#inner ? (inner.review?.(facts, now) ?? PASS) : turned;
  }

  forget(): void {
    this.#inner?.forget?.();
    this.#inner = undefined;
  }

  /** Puts the condition into the state that facts and timeline ask for at `now`. */
  #turn(now: Millis): Verdict {
    const during = this.#fits ? this.#during : undefined;
    const { startedAt } = this.#timeline;
    const wanted = during === undefined ? this.#fits : isDuring(during, startedAt, now);
    this.#turnsAt = during === undefined ? undefined : nextTurn(during, startedAt, now);
    if (wanted === this.active) return PASS;
    if (!wanted) {
      this.forget();
      return { kind: "release" };
    }
    const inner = this.#open(new Beginning(this.#flow, now));
    this.#inner = inner;
    return inner.review?.(this.#facts, now) ?? PASS;
  }
}

/** The flow as a condition finds it that turns on while it runs. */
class Beginning implements FlowStart {
  readonly #flow: FlowStart;
  readonly createdAt: Millis;

  constructor(flow: FlowStart, createdAt: Millis) {
    this.#flow = flow;
    this.createdAt = createdAt;
  }

  get source(): string | undefined {
    return this.#flow.source;
  }

  get http(): boolean {
    return this.#flow.http;
  }

  get random(): Random {
    return this.#flow.random;
  }

  wake(): void {
    this.#flow.wake();
  }
}
