import type { SecureContext } from "node:tls";
import type { ActivitySweep } from "./activity-sweep.ts";
import { ConditionedLeg } from "./conditioned-leg.ts";
import type { DeviceLeg, LegOptions } from "./device-leg.ts";
import { PlainLeg } from "./plain-leg.ts";
import { WatchedLeg } from "./watched-leg.ts";

/** Which of the two legs with TLS is built; `auto` takes the cheaper one where the profile allows it. */
export type LegKind = "auto" | "conditioned";

/** What a leg must know of the profile in force. */
export interface LegProfile {
  /** Whether the path may hold segments back. */
  readonly delays: boolean;
  readonly activity: ActivitySweep;
}

/** Makes a device's leg above an accepted connection. */
export type MakeLeg = (options: LegOptions, profile: LegProfile) => DeviceLeg;

/** The legs of an `https` listener. */
export function tlsLegs(secureContext: SecureContext, legKind: LegKind): MakeLeg {
  return (options, { delays, activity }) => {
    const secured = { ...options, secureContext };
    return delays || legKind === "conditioned" ? new ConditionedLeg(secured) : new WatchedLeg(secured, activity);
  };
}

/** The legs of a `tcp` listener. */
export const plainLegs: MakeLeg = (options) => new PlainLeg(options);
