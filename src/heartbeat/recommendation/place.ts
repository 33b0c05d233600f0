import type { Bracket } from "../bounds.ts";
import type { Negotiation } from "../followed.ts";
import { sampleOf, sum } from "./sample.ts";
import type { Known, KnownHop, Sample } from "./types.ts";

/** The devices of one network that come to one listener, with what lies in their way. */
export interface Place {
  readonly network: string;
  readonly listener: string;
  readonly hops: readonly KnownHop[];
  /** Of the path in front of us. */
  readonly bracket: Bracket | undefined;
  readonly negotiations: readonly Negotiation[];
  readonly sample: Sample;
}

/** Sorts devices by network and listener; those of which neither is known, or whose listener is gone, are left out. */
export function placesOf({ paths, networks, negotiations }: Known): readonly Place[] {
  const brackets = new Map(networks.map((view) => [view.network, view]));
  return paths.flatMap(({ listener, hops }) => {
    const here = negotiations.filter((each) => each.listener === listener);
    return Array.from(byNetwork(here), ([network, some]) => ({
      network,
      listener,
      hops,
      bracket: brackets.get(network),
      negotiations: some,
      sample: sampleOf(some),
    }));
  });
}

/** How often a hop has let requests die since it has the time-out that it has. */
export function expiriesAt({ negotiations }: Place, { hop, idleTimeoutMs }: KnownHop): number {
  const counts = negotiations.map(({ lastExpiry }) =>
    lastExpiry?.hop === hop && lastExpiry.silenceSeconds * LATENESS >= idleTimeoutMs / 1000 ? lastExpiry.count : 0,
  );
  return sum(counts);
}

/** A hop that has been made longer since lets die later than its former expiries did; timers are not exact. */
const LATENESS = 1.1;

/** The hop that forgets first, as far as it concerns every flow. */
export function shortestHop(hops: readonly KnownHop[]): KnownHop | undefined {
  return hops
    .filter(({ narrowed }) => !narrowed)
    .reduce<KnownHop | undefined>((least, hop) => (hop.idleTimeoutMs < timeoutOf(least) ? hop : least), undefined);
}

function timeoutOf(hop: KnownHop | undefined): number {
  return hop?.idleTimeoutMs ?? Infinity;
}

function byNetwork(negotiations: readonly Negotiation[]): ReadonlyMap<string, readonly Negotiation[]> {
  const found = new Map<string, Negotiation[]>();
  for (const negotiation of negotiations) {
    const { network } = negotiation;
    if (network === undefined) continue;
    const others = found.get(network);
    if (others === undefined) found.set(network, [negotiation]);
    else others.push(negotiation);
  }
  return found;
}
