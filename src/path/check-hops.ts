import type { Hop } from "./hop.ts";

/** One fault of a path as data, with the JSON pointer of its place in the list of hops. */
export interface HopFault {
  readonly pointer: string;
  /** What was found and what was expected. */
  readonly message: string;
}

/**
 * Finds what no single value of a path shows: every hop has a name of its own, because an outcome names its hop, and
 * `respond` belongs to the last hop, a reverse proxy, because only who terminates TLS can answer (design 4).
 */
export function checkHops(hops: readonly Hop[]): readonly HopFault[] {
  return hops.flatMap((hop, index) => [...nameFaults(hops, hop, index), ...respondFaults(hops, hop, index)]);
}

function nameFaults(hops: readonly Hop[], { name }: Hop, index: number): readonly HopFault[] {
  const firstIndex = hops.findIndex((hop) => hop.name === name);
  if (firstIndex === index) return [];
  const message = `found "${name}", the name of hop ${firstIndex + 1}: expected a name that no other hop has`;
  return [{ pointer: `/${index}/name`, message }];
}

function respondFaults(hops: readonly Hop[], { kind, conditions }: Hop, index: number): readonly HopFault[] {
  const isLast = index === hops.length - 1;
  if (isLast && kind === "reverse-proxy") return [];
  const found = `respond at hop ${index + 1} of ${hops.length}, kind ${kind}`;
  const message = `found ${found}: expected it at the last hop, kind reverse-proxy, which terminates TLS`;
  return conditions.flatMap(({ atExpiry }, at) =>
    typeof atExpiry.toDevice === "string" ? [] : [{ pointer: `/${index}/conditions/${at}/atExpiry`, message }],
  );
}
