import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import type { Direction } from "../../src/path/segment.ts";
import type { Hop, Profile } from "../../src/path/hop.ts";
import { profileOf } from "./rig.ts";

/** A hop with any conditions. */
export function hopWith(name: string, ...conditions: readonly ConditionSettings[]): Hop {
  return { name, kind: "network", conditions };
}

/** A path on which nothing moves in a direction, for as long as it is in force. */
export function stalled(direction: Direction | "both", name = "tunnel"): Profile {
  return profileOf(hopWith(name, { type: "stall", direction, afterMs: 0 }));
}
