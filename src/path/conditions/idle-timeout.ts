import type { Millis } from "../../core/machine.ts";
import type { Direction } from "../segment.ts";
import type { Endings } from "../condition.ts";

/** A middlebox that forgets a flow after a silence. */
export interface IdleTimeoutSettings {
  readonly type: "idle-timeout";
  /** Longest silence tolerated, in ms; silence of exactly this long has expired. 1 s to 30 days. */
  readonly idleTimeoutMs: Millis;
  readonly atExpiry: Endings;
  /** Whose payload restarts the timer. */
  readonly refreshedBy: "either" | Direction;
}
