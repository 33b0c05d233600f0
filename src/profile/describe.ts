import type { Hop, Profile } from "../path/hop.ts";
import { describeCondition } from "./conditions/index.ts";

/** A path as one line: `device ─ nat carrier 13m drop ─ server`. */
export function pathLine({ hops }: Pick<Profile, "hops">): string {
  return ["device", ...hops.map(hopWords), "server"].join(" ─ ");
}

function hopWords({ kind, name, conditions }: Hop): string {
  const words = kind === name ? [kind] : [kind, name];
  return [...words, conditions.map(describeCondition).join(" + ")].filter((word) => word !== "").join(" ");
}
