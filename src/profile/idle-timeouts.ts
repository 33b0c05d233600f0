import type { Millis } from "../core/machine.ts";
import type { IdleTimeoutSettings } from "../path/conditions/idle-timeout.ts";
import type { ConditionSettings } from "../path/conditions/index.ts";
import type { Hop, Profile } from "../path/hop.ts";
import type { Narrowing } from "../path/narrowed.ts";

/** An idle time-out with what narrows it. */
type NarrowedIdleTimeout = IdleTimeoutSettings & Narrowing;

/** The idle time-outs of a hop, whatever else it does. */
export function idleTimeoutsOf({ conditions }: Hop): readonly NarrowedIdleTimeout[] {
  return conditions.filter(isIdleTimeout);
}

/** The idle time-out that decides on a path, in ms; `undefined` when it has none. */
export function shortestIdleTimeoutMs({ hops }: Profile): Millis | undefined {
  const all = hops.flatMap(idleTimeoutsOf).map(({ idleTimeoutMs }) => idleTimeoutMs);
  return all.length === 0 ? undefined : Math.min(...all);
}

function isIdleTimeout(settings: ConditionSettings): settings is NarrowedIdleTimeout {
  return settings.type === "idle-timeout";
}
