import type { DocumentPath, ValueFault } from "./document.ts";
import { faultsOf, READING } from "./issues.ts";
import { LISTENER_TYPES, type ListenerEntry, listenerSchema } from "./listener-entry.ts";
import { memberOf, membersOf } from "./member.ts";
import { nearest } from "./words.ts";

/** Keys that are judged together: where one is at fault, nothing can be said of the others. */
const GROUPS = [
  ["cert", "key", "pfx", "passphraseFile"],
  ["forward", "backend", "keepHost", "stripPrefix", "addPrefix", "xForwarded"],
] as const;

/** Targets that nothing is wrong with. */
const TARGETS = { https: "http://stand-in", tcp: "stand-in:1" } as const;

/**
 * An entry as far as it can be read, so that the rest of it can be judged: what is at fault gives its place to a stand-in
 * that has no fault. A mistyped type is taken for the one that was most likely meant.
 */
export function readableEntry(entry: unknown, index: number): ListenerEntry | undefined {
  const typed = withType(entry);
  const { success, data, error } = listenerSchema.safeParse(typed);
  if (success) return data;
  const faulty = error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys : issue.path.slice(0, 1).map(String),
  );
  const left = new Set(faulty.flatMap((key) => GROUPS.find((group) => group.some((each) => each === key)) ?? key));
  const kept = membersOf(typed).filter(([key]) => !left.has(key));
  const type = memberOf(typed, "type") === "tcp" ? "tcp" : "https";
  const standIns = { name: `stand-in-${index}`, listen: "0", target: TARGETS[type] };
  return listenerSchema.safeParse({ ...standIns, ...Object.fromEntries(kept) }).data;
}

/** The faults that an entry would have beside its type, if that were the one most likely meant. */
export function typedFaults(entry: unknown, at: DocumentPath): readonly ValueFault[] {
  const typed = withType(entry);
  return typed === entry ? [] : faultsOf(listenerSchema.safeParse(typed, READING).error?.issues ?? [], at);
}

function withType(entry: unknown): unknown {
  const type = memberOf(entry, "type");
  if (typeof type !== "string" || LISTENER_TYPES.some((each) => each === type)) return entry;
  const meant = nearest(type, LISTENER_TYPES);
  return meant === undefined ? entry : { ...Object.fromEntries(membersOf(entry)), type: meant };
}
