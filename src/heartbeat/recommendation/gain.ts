import { HEARTBEAT_INTERVAL_SECONDS } from "../../activesync/constants.ts";
import { ADVISED_SECONDS, serverSeconds } from "./advice.ts";
import { type Finding, wallIn } from "./finding.ts";
import type { Place } from "./place.ts";
import type { Gain, HopAdvice, KnownHop } from "./types.ts";

const DAY_SECONDS = 86_400;

/**
 * What following the advice would change, at the best: what is asked of others is granted where it bounds the heartbeat,
 * and devices' models go that far. A heartbeat holds below the shortest time-out, so that is the end of what can be had.
 * `undefined` where nothing is to be changed, or nothing longer comes of it.
 */
export function gainOf(place: Place, finding: Finding, advice: readonly HopAdvice[]): Gain | undefined {
  const { failed, heartbeats, askedSeconds } = place.sample;
  if ((finding.by !== "hop" && finding.by !== "front") || askedSeconds === undefined) return undefined;
  const intervalSeconds = Math.min(
    ...place.hops.map((hop, index) => secondsThen(hop, finding, advice[index])),
    finding.by === "front" ? ADVISED_SECONDS : (wallIn(place.bracket) ?? Infinity),
    serverSeconds(place),
    HEARTBEAT_INTERVAL_SECONDS.maximum,
  );
  if (intervalSeconds <= askedSeconds) return undefined;
  return {
    failedShare: failed / heartbeats,
    intervalSeconds,
    heartbeatsPerDayNow: Math.round(DAY_SECONDS / askedSeconds),
    heartbeatsPerDayThen: Math.round(DAY_SECONDS / intervalSeconds),
  };
}

/** A hop's time-out once the advice was followed, in s; infinite for one that concerns others. */
function secondsThen(hop: KnownHop, finding: Finding, advice: HopAdvice | undefined): number {
  const bounds = finding.by === "hop" && finding.hop === hop;
  if (hop.narrowed && !bounds) return Infinity;
  const isGranted = advice !== undefined && (advice.action !== "ask" || bounds);
  return isGranted ? advice.recommendedSeconds : hop.idleTimeoutMs / 1000;
}
