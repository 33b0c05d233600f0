import type { Millis } from "../../core/machine.ts";
import { type ActsOn, actsOn } from "../acts-on.ts";
import { PASS, type ConditionKind } from "../condition.ts";

/** A hop behind which the orderly end of a connection is heard late. */
export interface SlowCloseSettings {
  readonly type: "slow-close";
  readonly direction: ActsOn;
  /** How long a FIN waits, in ms. 1 ms to 30 days. */
  readonly delayMs: Millis;
}

/** Holds a FIN back; data is let through at once, and nothing but an RST can come behind a FIN. */
export const slowClose: ConditionKind<SlowCloseSettings> = {
  delays: true,
  prepare:
    ({ direction, delayMs }) =>
    () => ({
      onSegment: (segment, now) =>
        segment.kind === "fin" && actsOn(direction, segment.direction) ? { kind: "delay", until: now + delayMs } : PASS,
      nextDeadline: () => undefined,
      onDeadline: () => PASS,
    }),
};
