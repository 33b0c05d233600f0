import type { Hop } from "../path/hop.ts";
import { quoted } from "./words.ts";

/** One fault of a path, with the JSON pointer of its place in the list of hops. */
export interface HopFault {
  readonly pointer: string;
  readonly message: string;
}

/**
 * Checks what concerns several hops or several fields at once.
 * Names are unique, because an outcome names its hop; `respond` belongs to a reverse proxy that is the last hop,
 * because only who terminates TLS can answer, and everything behind it would see another flow.
 */
export function checkHops(hops: readonly Hop[]): readonly HopFault[] {
  return hops.flatMap((hop, index) => [...nameFaults(hops, hop, index), ...respondFaults(hops, hop, index)]);
}

function nameFaults(hops: readonly Hop[], hop: Hop, index: number): readonly HopFault[] {
  const first = hops.findIndex(({ name }) => name === hop.name);
  if (first === index) return [];
  const message = `found the name ${quoted(hop.name)} again, expected every hop to have its own`;
  return [{ pointer: `/${index}/name`, message }];
}

function respondFaults(hops: readonly Hop[], hop: Hop, index: number): readonly HopFault[] {
  const last = index === hops.length - 1;
  if (hop.kind === "reverse-proxy" && last) return [];
  const found = hop.kind === "reverse-proxy" ? "a hop that is not the last" : `a hop of kind ${hop.kind}`;
  const message = `found respond at ${found}, expected it at a reverse-proxy, the last hop: only who terminates TLS can answer`;
  return hop.conditions.flatMap((condition, at) =>
    typeof condition.atExpiry.toDevice === "string"
      ? []
      : [{ pointer: `/${index}/conditions/${at}/atExpiry`, message }],
  );
}
