import { recommend } from "../heartbeat/recommendation/recommend.ts";
import type { KnownHop, KnownPath, Recommendations } from "../heartbeat/recommendation/types.ts";
import type { Tracker } from "../heartbeat/tracker.ts";
import type { Hop, Profile } from "../path/hop.ts";
import { idleTimeoutsOf } from "../profile/idle-timeouts.ts";

/** What is recommended to who runs these listeners: those of type `tcp` have no heartbeats that anybody reads. */
export function recommendFor(listeners: Iterable<ListenerSeen>, tracker: Tracker): Recommendations {
  return recommend({
    paths: Array.from(listeners, pathOf),
    networks: tracker.networks(),
    negotiations: tracker.negotiations(),
    alerts: tracker.alerts(),
  });
}

/** As much of a listener as a recommendation needs. */
interface ListenerSeen {
  readonly name: string;
  readonly profile: Profile;
}

function pathOf({ name, profile }: ListenerSeen): KnownPath {
  return { listener: name, hops: profile.hops.flatMap(hopOf) };
}

/** A hop's shortest idle time-out; of equal ones that which concerns every flow. */
function hopOf(hop: Hop): readonly KnownHop[] {
  const all = idleTimeoutsOf(hop).map((settings) => ({
    hop: hop.name,
    kind: hop.kind,
    idleTimeoutMs: settings.idleTimeoutMs,
    narrowed: settings.match !== undefined || settings.during !== undefined,
  }));
  return all
    .toSorted(
      (left, right) => left.idleTimeoutMs - right.idleTimeoutMs || Number(left.narrowed) - Number(right.narrowed),
    )
    .slice(0, 1);
}
