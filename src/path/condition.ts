import type { Millis } from "../core/machine.ts";
import type { Direction, End, Segment } from "./segment.ts";

/** What an ended flow does to any of its legs: nothing (`drop`), an RST, a FIN, or an RST once that end sends. */
export type PlainEnding = "drop" | "reset" | "close" | "reset-on-next";

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
  /** Judges a segment that reaches this condition; the segment that ends a flow dies itself. */
  onSegment(segment: Segment, now: Millis): Verdict;
  nextDeadline(): Millis | undefined;
  /** Does all that is due at `now` and moves or clears the deadline; early or repeated calls pass. */
  onDeadline(now: Millis): Verdict;
  /** Hears that a packet without payload crossed at an instant that may be past; only there when that matters. */
  readonly onKeepalive?: ((direction: Direction, at: Millis) => void) | undefined;
}

/** What a condition learns about the flow that it is to act on. */
export interface FlowStart {
  readonly createdAt: Millis;
}

/** Gives a new flow its own state of one condition. */
export type OpenCondition = (flow: FlowStart) => Condition;

/** A kind of condition, as the table of conditions lists it. */
export interface ConditionKind<Settings> {
  /** Whether it may hold segments back; a path that never does can let data flow beside it and only be told. */
  readonly delays: boolean;
  /** Readies a condition for all flows of a path; what its flows share lives between the two calls. */
  prepare(settings: Settings): OpenCondition;
}

/** The verdict that changes nothing. */
export const PASS: Verdict = { kind: "pass" };

/** One word for an ending, for labels, logs and reports. */
export type EndingName = PlainEnding | "respond";

/** The word for an ending, without its status. */
export function endingName(ending: Ending): EndingName {
  return typeof ending === "string" ? ending : "respond";
}
