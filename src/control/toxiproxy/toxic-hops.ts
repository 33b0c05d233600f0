import type { ConditionSettings } from "../../path/conditions/index.ts";
import type { Hop } from "../../path/hop.ts";
import type { Toxic } from "./toxic.ts";
import { toxicKind } from "./toxic-types.ts";

// A toxic is a hop of its own. A hop that ends a flow tells its ends through the hops beyond it, which is how the end of
// a connection crosses the rest of a chain of toxics. From the device: the last downstream toxic to the first, then the
// first upstream toxic to the last. So each direction crosses its own toxics in order of creation, and an end that one
// of them makes crosses those that come after it.

/** The hop of a toxic; no profile that a person writes can have one of that name. */
export function hopNameOf({ name }: Toxic): string {
  return `${PREFIX}${name}`;
}

/** Tells whether a hop is a toxic's. */
export function isToxicHop({ name }: Hop): boolean {
  return name.startsWith(PREFIX);
}

/** The hops of toxics, given in order of creation, device side first. */
export function hopsOf(toxics: readonly Toxic[]): readonly Hop[] {
  const towards = (wanted: Toxic["direction"]) => toxics.filter(({ direction }) => direction === wanted).map(hopOf);
  return [...towards("toDevice").toReversed(), ...towards("toServer")];
}

const PREFIX = "toxic:";

function hopOf(toxic: Toxic): Hop {
  return { name: hopNameOf(toxic), kind: "network", conditions: conditionsOf(toxic) };
}

/** Drawn by the seed once for each connection; a change of the toxic does not draw anew. */
function conditionsOf({ type, direction, attributes, toxicity }: Toxic): readonly ConditionSettings[] {
  if (toxicity <= 0) return [];
  const conditions = toxicKind(type).conditions(attributes, direction);
  if (toxicity >= 1) return conditions;
  return conditions.map((condition) => ({ ...condition, match: { share: toxicity, shareOf: "flows" } }));
}
