import type { Expiry, Negotiation } from "../../src/heartbeat/followed.ts";
import type { NetworkView } from "../../src/heartbeat/networks.ts";
import type { Finding } from "../../src/heartbeat/recommendation/finding.ts";
import { placesOf, type Place } from "../../src/heartbeat/recommendation/place.ts";
import type { Known, KnownHop } from "../../src/heartbeat/recommendation/types.ts";

/** The network that everything is of that is not said to be of another. */
export const NETWORK = "192.0.2.0/24";

/** A hop with an idle time-out, in minutes. */
export function knownHop(hop: string, minutes: number, kind = "firewall", narrowed = false): KnownHop {
  return { hop, kind, idleTimeoutMs: minutes * 60_000, narrowed };
}

const NO_OUTCOMES: Negotiation["counts"] = {
  held: 0,
  changes: 0,
  rejected: 0,
  expired: 0,
  cut: 0,
  lost: 0,
  withdrawn: 0,
  serverFailed: 0,
  open: 0,
};

/** A device that has settled on 12 min, in ten heartbeats that were held, if not said otherwise. */
export function negotiation(
  said: Partial<Omit<Negotiation, "counts">> & { readonly counts?: Partial<Negotiation["counts"]> } = {},
): Negotiation {
  return {
    device: { deviceId: "phone", user: "ann", deviceType: "SP" },
    command: "Ping",
    askedSeconds: 720,
    longestHeldSeconds: 720,
    shortestFailedSeconds: undefined,
    lastMove: undefined,
    state: "settled",
    network: NETWORK,
    listener: "mail",
    lastExpiry: undefined,
    serverLimit: undefined,
    lastSeenAt: 0,
    ...said,
    counts: { ...NO_OUTCOMES, ...(said.counts ?? { held: 10 }) },
  };
}

/** A device whose requests a hop has let die so often. */
export function failing(hop: string, minutes: number, count: number, counts: Partial<Negotiation["counts"]> = {}) {
  const lastExpiry: Expiry = { hop, silenceSeconds: minutes * 60, count };
  return negotiation({
    state: "searching",
    shortestFailedSeconds: minutes * 60,
    lastExpiry,
    counts: { expired: count, ...counts },
  });
}

/** A network of which nothing is known but what is said. */
export function networkView(said: Partial<NetworkView> = {}): NetworkView {
  return {
    network: NETWORK,
    state: "open",
    longestHeldSeconds: undefined,
    heldSamples: 0,
    shortestFailedSeconds: undefined,
    failedSamples: 0,
    confidence: 0,
    heldCount: 0,
    failedCount: 0,
    endedByHopsCount: 0,
    lastSeenAt: 0,
    ...said,
  };
}

/** A network with a wall in front, between two lengths in s. */
export function wall(longestHeldSeconds: number, shortestFailedSeconds: number): NetworkView {
  return networkView({
    state: "wall",
    longestHeldSeconds,
    heldSamples: 4,
    shortestFailedSeconds,
    failedSamples: 3,
    confidence: 0.999,
  });
}

/** All that is known: one listener `mail` with these hops, one network, these devices. */
export function knownOf(
  hops: readonly KnownHop[],
  negotiations: readonly Negotiation[],
  networks: readonly NetworkView[] = [networkView()],
): Known {
  return { paths: [{ listener: "mail", hops }], networks, negotiations, alerts: [] };
}

/** The one place there is. */
export function placeIn(known: Known): Place {
  const [place, ...more] = placesOf(known);
  if (place === undefined || more.length > 0) throw new Error(`found ${more.length} places more than one`);
  return place;
}

/** A finding that a hop of a place bounds the heartbeat. */
export function hopBounds(hop: KnownHop): Finding {
  return { by: "hop", hop, expiries: 3 };
}
