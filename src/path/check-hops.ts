import type { ConditionSettings } from "./conditions/index.ts";
import type { Hop } from "./hop.ts";

/** One fault of a path as data, with the JSON pointer of its place in the list of hops. */
export interface HopFault {
  readonly pointer: string;
  /** What was found and what was expected. */
  readonly message: string;
}

/**
 * Finds what no single value of a path shows: every hop has a name of its own, because an outcome names its hop, and so
 * has every condition; and `respond` belongs to the last hop, a reverse proxy, because only who terminates TLS can answer.
 */
export function checkHops(hops: readonly Hop[]): readonly HopFault[] {
  return hops.flatMap((hop, index) => [
    ...nameFaults(hops, hop, index),
    ...conditionNameFaults(hops, hop, index),
    ...respondFaults(hops, hop, index),
  ]);
}

function nameFaults(hops: readonly Hop[], { name }: Hop, index: number): readonly HopFault[] {
  const firstIndex = hops.findIndex((hop) => hop.name === name);
  if (firstIndex === index) return [];
  const message = `found "${name}", the name of hop ${firstIndex + 1}: expected a name that no other hop has`;
  return [{ pointer: `/${index}/name`, message }];
}

/** A condition that has no name of its own is called by its hop, whose name is told apart already. */
function conditionNameFaults(hops: readonly Hop[], hop: Hop, index: number): readonly HopFault[] {
  const before = hops.slice(0, index).flatMap(({ conditions }) => conditions);
  return hop.conditions.flatMap(({ name }, at) => {
    const others = [...before, ...hop.conditions.slice(0, at)];
    if (name === undefined || others.every((other) => other.name !== name)) return [];
    const message = `found "${name}", the name of a condition before it: expected a name that no other condition has`;
    return [{ pointer: `/${index}/conditions/${at}/name`, message }];
  });
}

function respondFaults(hops: readonly Hop[], { kind, conditions }: Hop, index: number): readonly HopFault[] {
  const isLast = index === hops.length - 1;
  if (isLast && kind === "reverse-proxy") return [];
  const found = `respond at hop ${index + 1} of ${hops.length}, kind ${kind}`;
  const message = `found ${found}: expected it at the last hop, kind reverse-proxy, which terminates TLS`;
  return conditions.flatMap((condition, at) => {
    const key = respondKey(condition);
    return key === undefined ? [] : [{ pointer: `/${index}/conditions/${at}/${key}`, message }];
  });
}

/** The key under which a condition's settings say that the device is answered in HTTP. */
export function respondKey(settings: ConditionSettings): string | undefined {
  return Object.entries(settings).find(([, value]) => responds(value))?.[0];
}

function responds(value: unknown): boolean {
  return typeof value === "object" && value !== null && "toDevice" in value && typeof value.toDevice === "object";
}
