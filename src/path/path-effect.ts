import type { Endings } from "./condition.ts";
import type { ConditionType } from "./conditions/index.ts";
import type { Direction, Segment } from "./segment.ts";

/** What happens to a flow on its path. */
export type PathEvent<Payload = unknown> =
  /** A segment enters at the end that it comes from. */
  | { readonly kind: "segment"; readonly segment: Segment<Payload> }
  /** A packet without payload, such as a keepalive probe, crosses: told only where the kernel can tell it. */
  | { readonly kind: "keepalive"; readonly direction: Direction };

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
      readonly condition: ConditionType;
      readonly endings: Endings;
    }
  /**
   * The hop answers the device with this HTTP status. The answer enters the path at the server's end; the caller
   * keeps away from the path what the server itself still sends, since a path can't tell the two apart.
   */
  | { readonly kind: "respond"; readonly status: number; readonly hop: string };
