import type { Endings } from "./condition.ts";
import type { ConditionType } from "./conditions/index.ts";
import type { FlowFacts } from "./flow-facts.ts";
import type { PathHop } from "./path-hop.ts";
import type { Direction, Segment } from "./segment.ts";

/** What ends a flow: a condition of a hop, or a person or program that ended it from outside. */
export type EndCause = ConditionType | "operator";

/** What happens to a flow on its path. */
export type PathEvent<Payload = unknown> =
  /** A segment enters at the end that it comes from. */
  | { readonly kind: "segment"; readonly segment: Segment<Payload> }
  /** A packet without payload, such as a keepalive probe, crosses: told only where the kernel can tell it. */
  | { readonly kind: "keepalive"; readonly direction: Direction }
  /** More is known of the flow, or the timeline has changed. */
  | { readonly kind: "reviewed"; readonly facts: FlowFacts }
  /** The path has changed; a flow that a hop has ended stays ended. */
  | { readonly kind: "reconfigured"; readonly hops: readonly PathHop[] }
  /** Somebody ends the flow from outside, at once: all hops give way to one of that name, and what waits in them dies. */
  | { readonly kind: "ended"; readonly by: string; readonly endings: Endings };

/** What a path does to a flow. */
export type PathEffect<Payload = unknown> =
  /** The segment leaves the path at its far end; data, FIN and RST alike. */
  | { readonly kind: "forward"; readonly segment: Segment<Payload> }
  /** The segment died at this hop. */
  | { readonly kind: "swallowed"; readonly segment: Segment<Payload>; readonly hop: string }
  /** A condition ended the flow; told once a flow, of the first to do so. */
  | {
      readonly kind: "ended";
      readonly hop: string;
      readonly condition: EndCause;
      readonly endings: Endings;
    }
  /**
   * The hop answers the device with this HTTP status. The answer enters the path at the server's end; the caller
   * keeps away from the path what the server itself still sends, since a path can't tell the two apart.
   */
  | { readonly kind: "respond"; readonly status: number; readonly hop: string };
