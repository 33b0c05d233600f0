import type { Millis } from "../core/machine.ts";
import type { Random } from "../core/random.ts";
import type { FlowFacts } from "./flow-facts.ts";
import type { Direction, End, Segment } from "./segment.ts";
import type { Timeline } from "./timeline.ts";

/** What an ended flow does to any of its legs: nothing (`drop`), an RST, a FIN, or an RST once that end sends. */
export const PLAIN_ENDINGS = ["drop", "reset", "close", "reset-on-next"] as const;

/** One of the endings above. */
export type PlainEnding = (typeof PLAIN_ENDINGS)[number];

/** The HTTP answer with which a reverse proxy ends a request; 408, 502, 504 or 524. */
export interface RespondEnding {
  readonly respond: number;
}

/** What an ended flow does to the device's leg, which alone can be answered in HTTP. */
export type Ending = PlainEnding | RespondEnding;

/** How a flow ends, leg by leg. */
export interface Endings {
  readonly toDevice: Ending;
  readonly toServer: PlainEnding;
}

/** What a condition does to a segment, or does at its deadline. */
export type Verdict =
  | { readonly kind: "pass" }
  /** The segment goes on at `until`, later segments of its direction behind it; `Infinity` holds it for good. */
  | { readonly kind: "delay"; readonly until: Millis }
  /** The segment waits here until then, later than now, and is judged anew; those of its direction behind it, unjudged. */
  | { readonly kind: "wait"; readonly until: Millis }
  /** Data only: its first `atBytes` (1 to its size less 1) are judged anew as a segment of their own, then the rest is. */
  | { readonly kind: "split"; readonly atBytes: number }
  /** At a deadline or a review only: all that waits here goes on at once, in its order. */
  | { readonly kind: "release" }
  /** The segment ends here, and so does its direction: a gap would break TLS. At a deadline both directions end. */
  | { readonly kind: "drop" }
  /** Ends the flow: the legs named get an RST, the other nothing. */
  | { readonly kind: "reset"; readonly legs: readonly End[] }
  /** Ends the flow: the legs named get a FIN, the other nothing. */
  | { readonly kind: "close"; readonly legs: readonly End[] }
  /** Ends the flow as its endings say; the first condition to end it names the hop. */
  | { readonly kind: "end"; readonly endings: Endings };

/** One condition's state on one flow. */
export interface Condition {
  /** Bytes that may wait here in one direction before the sender has to; default 256 KiB. */
  readonly queueBytes?: number | undefined;
  /** Whether it acts at present; a condition that is not narrowed always does. */
  readonly active?: boolean;
  /** Judges a segment that reaches this condition; the segment that ends a flow dies itself. */
  onSegment(segment: Segment, now: Millis): Verdict;
  /** Hears of a segment that dies because it follows one that this condition dropped; may end the flow, and no more. */
  onLost?(segment: Segment, now: Millis): Verdict;
  nextDeadline(): Millis | undefined;
  /** Does all that is due at `now` and moves or clears the deadline; early or repeated calls pass. */
  onDeadline(now: Millis): Verdict;
  /** Hears what is known of the flow by now, when that or the timeline has changed. */
  review?(facts: FlowFacts, now: Millis): Verdict;
  /** The flow is gone, ended by its hop, or the condition taken off it: lets go of what other flows share. Told once. */
  forget?(): void;
  /** Hears that a packet without payload crossed at an instant that may be past; only there when that matters. */
  readonly onKeepalive?: ((direction: Direction, at: Millis) => void) | undefined;
}

/** What a condition learns about the flow that it is to act on. */
export interface FlowStart {
  readonly createdAt: Millis;
  /** The device's address, where there is one. */
  readonly source: string | undefined;
  /** Whether requests will be seen on the flow, and facts told of them. */
  readonly http: boolean;
  /** Random numbers for this condition on this flow. */
  readonly random: Random;
  /** Has the flow's deadlines looked at anew, after something else than an event of this flow changed one. */
  wake(): void;
}

/** Gives a new flow its own state of one condition. */
export type OpenCondition = (flow: FlowStart) => Condition;

/** What the conditions of a path share with one another. */
export interface ConditionSetup {
  /** Random numbers for what flows of this condition draw alike, by the seed as it is now; a flow keeps those it began with. */
  readonly random: Random;
  readonly timeline: Timeline;
}

/** A kind of condition, as the table of conditions lists it. */
export interface ConditionKind<Settings> {
  /** Whether it may hold back, split or drop segments; a path that never does can let data flow beside it and only be told. */
  readonly delays: boolean;
  /** Readies a condition for all flows of a path; what its flows share lives between the two calls. */
  prepare(settings: Settings, setup: ConditionSetup): OpenCondition;
}

/** What a flow that is not taken in sees: an RST for the device, nothing for the server. */
export const REFUSAL: Endings = { toDevice: "reset", toServer: "drop" };

/** The ending that tells nobody. */
export const SILENT: Endings = { toDevice: "drop", toServer: "drop" };

/** Whether an end is shown nothing when its leg ends so, unless it sends something more. */
export function isSilent(ending: Ending): boolean {
  return ending === "drop" || ending === "reset-on-next";
}

/** The verdict that changes nothing. */
export const PASS: Verdict = { kind: "pass" };

/** One word for an ending, for labels, logs and reports. */
export type EndingName = PlainEnding | "respond";

/** The word for an ending, without its status. */
export function endingName(ending: Ending): EndingName {
  return typeof ending === "string" ? ending : "respond";
}

/** The endings that a verdict means which ends the flow. */
export function endingsOfVerdict(verdict: Extract<Verdict, { readonly kind: "reset" | "close" | "end" }>): Endings {
  if (verdict.kind === "end") return verdict.endings;
  const { kind, legs } = verdict;
  return { toDevice: legs.includes("device") ? kind : "drop", toServer: legs.includes("server") ? kind : "drop" };
}
