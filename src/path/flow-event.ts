import type { Millis } from "../core/machine.ts";
import type { EndCause } from "./path-effect.ts";
import type { Endings } from "./condition.ts";

/** What happens to flows as a whole; metrics, log and API live on it. */
export type FlowEvent =
  | { readonly kind: "opened"; readonly flowId: number; readonly listener: string; readonly at: Millis }
  /** A condition ended the flow; told once a flow. */
  | {
      readonly kind: "ended";
      readonly flowId: number;
      readonly listener: string;
      readonly hop: string;
      readonly condition: EndCause;
      readonly endings: Endings;
      readonly at: Millis;
    }
  /** Both legs are gone. */
  | {
      readonly kind: "closed";
      readonly flowId: number;
      readonly listener: string;
      readonly toServerBytes: number;
      readonly toDeviceBytes: number;
      readonly durationMs: Millis;
      readonly at: Millis;
    };
