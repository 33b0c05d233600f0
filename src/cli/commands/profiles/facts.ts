import type { Millis } from "../../../core/machine.ts";
import { brokenHeartbeats } from "../../../heartbeat/common-heartbeats.ts";
import type { Profile } from "../../../path/hop.ts";
import { shortestIdleTimeoutMs } from "../../../profile/idle-timeouts.ts";

/** A profile with what follows from it for heartbeats, as `--json` prints it. */
export interface ProfileFacts extends Profile {
  /** Decides on the whole path; absent when no hop has an idle time-out. */
  readonly shortestIdleTimeoutMs?: Millis;
  /** The common heartbeat intervals that end before their answer, in seconds. */
  readonly breaksHeartbeatIntervalsSeconds: readonly number[];
}

/** A profile with what follows from it. */
export function factsOf(profile: Profile): ProfileFacts {
  const shortest = shortestIdleTimeoutMs(profile);
  return {
    ...profile,
    ...(shortest !== undefined && { shortestIdleTimeoutMs: shortest }),
    breaksHeartbeatIntervalsSeconds: brokenHeartbeats(shortest),
  };
}

/** The heartbeats that a path breaks, in minutes, as people read them: `15 16 28 59`, or `none`. */
export function breaksWords({ breaksHeartbeatIntervalsSeconds: seconds }: ProfileFacts): string {
  return seconds.length === 0 ? "none" : seconds.map((each) => each / 60).join(" ");
}
