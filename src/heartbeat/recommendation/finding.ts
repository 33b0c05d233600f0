/**
 * What bounds the heartbeats of one place, from what was seen there:
 *
 *   front    the path in front of us has a wall, at or below the shortest time-out of our own hops
 *   hop      a hop of ours lets requests die: 3 of them, or one among 10 heartbeats; we made it, so there is no doubt
 *   server   most devices are content, and at least half of those were told to ask for less
 *   devices  most devices are content, and nobody told them to be
 *   none     there is not enough to say any of it, and what is missing is told
 *
 * A device is content when it has settled, and nothing above what it has been through has failed.
 */
import { type Bracket, momentsNeeded } from "../bounds.ts";
import type { Negotiation } from "../followed.ts";
import { expiriesAt, type Place, shortestHop } from "./place.ts";
import { present } from "./sample.ts";
import type { KnownHop, NotEnough } from "./types.ts";

/** What was found of one place. */
export type Finding =
  | { readonly by: "hop"; readonly hop: KnownHop; readonly expiries: number }
  | { readonly by: "front"; readonly wall: Bracket; readonly wallSeconds: number }
  | { readonly by: "server"; readonly limitSeconds: number }
  | { readonly by: "devices" }
  | { readonly by: "none"; readonly notEnough: NotEnough };

/** So many heartbeats say something of a place. Chosen here. */
export const HEARTBEATS_NEEDED = 10;

/** So many expiries do so by themselves: as many as make a wall in front at the least luck. */
const EXPIRIES_NEEDED = 3;

/** Finds what bounds the heartbeats of a place. */
export function findingOf(place: Place): Finding {
  const { bracket, sample, negotiations } = place;
  const shortest = shortestHop(place.hops);
  const wallSeconds = wallIn(bracket);
  if (bracket !== undefined && wallSeconds !== undefined && wallSeconds * 1000 <= (shortest?.idleTimeoutMs ?? Infinity))
    return { by: "front", wall: bracket, wallSeconds };
  const worst = worstHop(place);
  if (worst !== undefined) return hopFinding(worst, sample.heartbeats);
  const content = negotiations.filter(isContent);
  if (sample.heartbeats >= HEARTBEATS_NEEDED && content.length * 2 > negotiations.length)
    return contentFinding(content);
  return { by: "none", notEnough: missing(place, content.length) };
}

/** The shortest silence that the path in front of us is known to fail in, in s. */
export function wallIn(bracket: Bracket | undefined): number | undefined {
  return bracket?.state === "wall" ? bracket.shortestFailedSeconds : undefined;
}

interface HopCount {
  readonly hop: KnownHop;
  readonly expiries: number;
}

function worstHop(place: Place): HopCount | undefined {
  const counts = place.hops.map((hop) => ({ hop, expiries: expiriesAt(place, hop) }));
  return counts.reduce<HopCount | undefined>(
    (worst, each) => (each.expiries > (worst?.expiries ?? 0) ? each : worst),
    undefined,
  );
}

function hopFinding({ hop, expiries }: HopCount, heartbeats: number): Finding {
  if (expiries >= EXPIRIES_NEEDED || heartbeats >= HEARTBEATS_NEEDED) return { by: "hop", hop, expiries };
  return { by: "none", notEnough: { of: "expiries", seen: expiries, needed: EXPIRIES_NEEDED } };
}

function isContent({ state, shortestFailedSeconds = Infinity, longestHeldSeconds = 0 }: Negotiation): boolean {
  return state === "settled" && (shortestFailedSeconds === Infinity || shortestFailedSeconds <= longestHeldSeconds);
}

function contentFinding(content: readonly Negotiation[]): Finding {
  const limits = present(content.map(({ serverLimit }) => serverLimit))
    .filter(({ askedSeconds, limitSeconds }) => limitSeconds < askedSeconds)
    .map(({ limitSeconds }) => limitSeconds);
  if (limits.length * 2 < content.length) return { by: "devices" };
  return { by: "server", limitSeconds: limits.reduce((least, limit) => Math.min(least, limit)) };
}

function missing({ bracket, sample }: Place, contentCount: number): NotEnough {
  if (bracket?.state === "suspected")
    return { of: "failures", seen: bracket.failedSamples, needed: momentsNeeded(bracket) };
  if (sample.heartbeats < HEARTBEATS_NEEDED)
    return { of: "heartbeats", seen: sample.heartbeats, needed: HEARTBEATS_NEEDED };
  return { of: "settled devices", seen: contentCount, needed: Math.floor(sample.devices / 2) + 1 };
}
