import { type DocumentPath, pointerOf, type ValueFault } from "./document.ts";
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

/** Keys that mean the same whatever the type is. */
const COMMON: readonly string[] = ["name", "listen", "profile", "enabled"];

/**
 * An entry as far as it can be read, so that the rest of it can be judged: what is at fault gives its place to a stand-in
 * that has no fault. A mistyped type is taken for the one that was most likely meant; of an entry whose type nobody knows
 * only what any listener has is read.
 */
export function readableEntry(entry: unknown, index: number): ListenerEntry | undefined {
  const [typed, ...others] = withTypes(entry);
  const { success, data, error } = listenerSchema.safeParse(typed);
  if (success && others.length === 0) return data;
  const faulty = (error?.issues ?? []).flatMap((issue) =>
    issue.code === "unrecognized_keys" ? issue.keys : issue.path.slice(0, 1).map(String),
  );
  const left = new Set(faulty.flatMap((key) => GROUPS.find((group) => group.some((each) => each === key)) ?? key));
  const known = others.length === 0 ? undefined : ["type", ...COMMON];
  const kept = membersOf(typed).filter(([key]) => !left.has(key) && (known?.includes(key) ?? true));
  const type = memberOf(typed, "type") === "tcp" ? "tcp" : "https";
  const standIns = { name: `stand-in-${index}`, listen: "0", target: TARGETS[type] };
  return listenerSchema.safeParse({ ...standIns, ...Object.fromEntries(kept) }).data;
}

/** The faults that an entry would have beside its type, if that were the one most likely meant, or any at all. */
export function typedFaults(entry: unknown, at: DocumentPath): readonly ValueFault[] {
  const typed = withTypes(entry);
  if (typed.includes(entry)) return [];
  const [first = [], ...others] = typed.map((each) =>
    faultsOf(listenerSchema.safeParse(each, READING).error?.issues ?? [], at),
  );
  const places = others.map((faults) => new Set(faults.map(({ path }) => pointerOf(path))));
  return first.filter(({ path }) => places.every((each) => each.has(pointerOf(path))));
}

/** An entry with the type that it has, or the one most likely meant; with each in turn where nobody knows. */
function withTypes(entry: unknown): readonly unknown[] {
  const type = memberOf(entry, "type");
  if (!isMapping(entry) || LISTENER_TYPES.some((each) => each === type)) return [entry];
  const meant = typeof type === "string" ? nearest(type, LISTENER_TYPES) : undefined;
  const types = meant === undefined ? LISTENER_TYPES : [meant];
  return types.map((each) => ({ ...Object.fromEntries(membersOf(entry)), type: each }));
}

function isMapping(entry: unknown): boolean {
  return typeof entry === "object" && entry !== null && !Array.isArray(entry);
}
