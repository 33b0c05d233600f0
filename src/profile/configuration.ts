import { z } from "zod";
import type { Profile } from "../path/hop.ts";
import type { ValueFault } from "./document.ts";
import { READING, faultsOf } from "./issues.ts";
import { type ListenerEntry, listenerSchema } from "./listener-entry.ts";
import { listOf, memberOf } from "./member.ts";
import { readableEntry, typedFaults } from "./readable-entry.ts";
import { faultsAcrossHops } from "./reader.ts";
import { quoted } from "./words.ts";

export type { ListenerEntry } from "./listener-entry.ts";

const MOST_LISTENERS = 64;

/** What a configuration file may hold beside the options of its command. */
const configurationSchema = z.object({
  listeners: z.array(listenerSchema).max(MOST_LISTENERS).optional().describe("Places that devices connect to"),
  applyTo: z
    .enum(["new", "all"])
    .optional()
    .describe("Which flows a reload gives changed profiles to; new when left out"),
});

/** The keys that are no options. */
export const STRUCTURED_KEYS: readonly string[] = Object.keys(configurationSchema.shape);

/** What a value turned out to be when read for its listeners. */
export interface ConfigurationReading {
  /** By their place in the list; in one that has faults, what is at fault has given its place to a stand-in. */
  readonly listeners: ReadonlyMap<number, ListenerEntry>;
  readonly applyTo: "new" | "all";
  /** Every fault that the value alone shows. */
  readonly faults: readonly ValueFault[];
}

/** Reads the listeners of a configuration, and tells every fault at once. */
export function readConfiguration(value: unknown): ConfigurationReading {
  const { success, data, error } = configurationSchema.safeParse(value ?? {}, READING);
  const entries = listOf(memberOf(value, "listeners"));
  const listeners = readableListeners(entries);
  const faults = [
    ...faultsOf(error?.issues ?? []),
    ...entries.flatMap((entry, index) => typedFaults(entry, ["listeners", index])),
    ...nameFaults(listeners),
    ...pathFaults(entries),
  ];
  return { listeners, applyTo: (success ? data.applyTo : undefined) ?? "new", faults };
}

/** The profile that a listener's entry writes out, with what it may leave out. */
export function inlineProfile(entry: ListenerEntry): Profile | undefined {
  if (typeof entry.profile !== "object") return undefined;
  const {
    name: own = entry.name,
    title = `The path of listener ${entry.name}`,
    source = "the configuration",
  } = entry.profile;
  return { name: own, title, source, hops: entry.profile.hops };
}

/**
 * The JSON Schema of a configuration file, for editors (draft 2020-12).
 * @param options the schema of each option's value, by key
 */
export function configurationJsonSchema(options: Readonly<Record<string, object>>): object {
  const schema = z.toJSONSchema(configurationSchema, { io: "input", reused: "ref" });
  const properties = { ...options, ...schema.properties };
  return { ...schema, title: "idlewall configuration", properties, additionalProperties: false };
}

function readableListeners(entries: readonly unknown[]): ReadonlyMap<number, ListenerEntry> {
  const readable = new Map<number, ListenerEntry>();
  for (const [index, entry] of entries.entries()) {
    const read = readableEntry(entry, index);
    if (read !== undefined) readable.set(index, read);
  }
  return readable;
}

function nameFaults(listeners: ReadonlyMap<number, ListenerEntry>): readonly ValueFault[] {
  const places = new Map<string, number>();
  const faults: ValueFault[] = [];
  for (const [index, { name: own }] of listeners) {
    const first = places.get(own);
    places.set(own, first ?? index);
    if (first === undefined) continue;
    const message = `found ${quoted(own)}, the name of listener ${first + 1}: expected a name that no other listener has`;
    faults.push({ path: ["listeners", index, "name"], message });
  }
  return faults;
}

/** What no single value of a path shows, in listeners that may have other faults too. */
function pathFaults(entries: readonly unknown[]): readonly ValueFault[] {
  return entries.flatMap((entry, index) =>
    faultsAcrossHops(memberOf(entry, "profile")).map((fault) => ({
      ...fault,
      path: ["listeners", index, "profile", ...fault.path],
    })),
  );
}
