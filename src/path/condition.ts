import type { Millis } from "../core/machine.ts";
import type { End, Segment } from "./segment.ts";

/**
 * What an ended flow does to one of its legs: nothing (`drop`), an RST, a FIN, an RST once that end sends, or, toward
 * the device only, an HTTP answer of the given status.
 */
export type Ending = "drop" | "reset" | "close" | "reset-on-next" | RespondEnding;

/** The HTTP answer with which a reverse proxy ends a request; 408, 502, 504 or 524. */
export interface RespondEnding {
  readonly respond: number;
}

/** How a flow ends, leg by leg. */
export interface Endings {
  readonly toDevice: Ending;
  readonly toServer: Ending;
}

/** What a condition does to a segment, or does at its deadline. */
export type Verdict =
  | { readonly kind: "pass" }
  /** The segment goes on at `until`, later segments of its direction behind it. */
  | { readonly kind: "delay"; readonly until: Millis }
  /** The segment ends here, and so does its direction: a gap would break TLS. */
  | { readonly kind: "drop" }
  /** The segment ends here and the legs named get an RST. */
  | { readonly kind: "reset"; readonly legs: readonly End[] }
  /** The segment ends here and the legs named get a FIN. */
  | { readonly kind: "close"; readonly legs: readonly End[] }
  /** The condition ends the flow; the first condition to do so names the hop. */
  | { readonly kind: "end"; readonly endings: Endings };

/** One condition's state on one flow. */
export interface Condition {
  onSegment(segment: Segment, now: Millis): Verdict;
  nextDeadline(): Millis | undefined;
  /** Does what is due at `now`; early or repeated calls pass. */
  onDeadline(now: Millis): Verdict;
}

/** The verdict that changes nothing. */
export const PASS: Verdict = { kind: "pass" };

/** The verdict that swallows a segment. */
export const DROP: Verdict = { kind: "drop" };

/** One word for an ending, for labels, logs and reports. */
export type EndingName = "drop" | "reset" | "close" | "reset-on-next" | "respond";

/** The word for an ending, without its status. */
export function endingName(ending: Ending): EndingName {
  return typeof ending === "string" ? ending : "respond";
}
