import { z } from "zod";
import type { Profile } from "../path/hop.ts";
import { closed } from "./closed.ts";
import type { ValueFault } from "./document.ts";
import { READING, faultsOf } from "./issues.ts";
import { nameLike } from "./name.ts";
import { faultsAcrossHops } from "./reader.ts";
import { inlineProfileSchema } from "./schema.ts";
import { quoted } from "./words.ts";

const MOST_LISTENERS = 64;

/** A port alone is a number to YAML, and still the text that was written. */
const address = z
  .union([z.string(), z.int()], "an address such as 127.0.0.1:8443, :8443 or [::1]:8443")
  .transform(String);
const file = z.string().min(1);

const listenerName = nameLike("mail").describe("Names the listener in events, metrics and log; unique");
const enabled = z.boolean().optional().describe("Whether it listens from the start; true when left out");
const listen = address.describe("HOST:PORT for devices; port 0 takes any free one");
const profile = z
  .union([z.string(), inlineProfileSchema], "the name of a profile, a file, or a profile written here")
  .optional()
  .describe("Its path: a shipped profile, a file beside this one, or hops written here; the file's own when left out");

const tcpListener = closed({
  name: listenerName,
  type: z.literal("tcp").describe("Any bytes, TLS passed as it is"),
  listen,
  target: address.describe("HOST:PORT of the server"),
  profile,
  enabled,
});

const httpsListener = closed({
  name: listenerName,
  type: z.literal("https").describe("TLS ends here, and requests go on"),
  listen,
  target: z.string().optional().describe("URL of the Client Access server"),
  targetCa: file.optional().describe("PEM file of authorities to trust for the target"),
  targetInsecure: z.boolean().optional().describe("Trust any certificate of the target"),
  forward: z
    .enum(["relay", "rewrite"])
    .optional()
    .describe("Pass every byte unchanged, or rewrite; relay when left out"),
  backend: z.array(z.string()).optional().describe("With forward: rewrite, servers as PREFIX=URL"),
  keepHost: z.boolean().optional().describe("With forward: rewrite, call servers by the name the device asked for"),
  stripPrefix: z.boolean().optional().describe("With forward: rewrite, take the backend's prefix off the path"),
  addPrefix: z.string().optional().describe("With forward: rewrite, put this before the path"),
  xForwarded: z
    .enum(["replace", "append", "remove", "keep"])
    .optional()
    .describe("With forward: rewrite, what becomes of X-Forwarded-*"),
  cert: file.optional().describe("PEM file: the certificate, then its issuers"),
  key: file.optional().describe("PEM file: the private key of cert"),
  pfx: file.optional().describe("PFX file, in place of cert and key"),
  passphraseFile: file.optional().describe("File whose first line is the passphrase of the PFX"),
  certs: file.optional().describe("Directory for certificates that are made when none are given"),
  legacyDevices: z.boolean().optional().describe("Take TLS 1.0 and 1.1 and the ciphers of Windows Mobile too"),
  profile,
  enabled,
});

const listener = z.discriminatedUnion("type", [httpsListener, tcpListener]);

/** What a configuration file may hold beside the options of its command. */
const configurationSchema = z.object({
  listeners: z.array(listener).max(MOST_LISTENERS).optional().describe("Places that devices connect to"),
  applyTo: z
    .enum(["new", "all"])
    .optional()
    .describe("Which flows a reload gives changed profiles to; new when left out"),
});

/** A listener as a configuration file writes it. */
export type ListenerEntry = z.infer<typeof listener>;

/** The keys that are no options. */
export const STRUCTURED_KEYS: readonly string[] = Object.keys(configurationSchema.shape);

/** What a value turned out to be when read for its listeners. */
export interface ConfigurationReading {
  /** Those that can be read, by their place in the list. */
  readonly listeners: ReadonlyMap<number, ListenerEntry>;
  readonly applyTo: "new" | "all";
  /** Every fault that the value alone shows. */
  readonly faults: readonly ValueFault[];
}

/** Reads the listeners of a configuration, and tells every fault at once. */
export function readConfiguration(value: unknown): ConfigurationReading {
  const { success, data, error } = configurationSchema.safeParse(value ?? {}, READING);
  const listeners = readableListeners(value);
  const faults = [...faultsOf(error?.issues ?? []), ...nameFaults(listeners), ...pathFaults(value)];
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

function readableListeners(value: unknown): ReadonlyMap<number, ListenerEntry> {
  const readable = new Map<number, ListenerEntry>();
  for (const [index, entry] of entriesOf(value).entries()) {
    const { success, data } = listener.safeParse(entry);
    if (success) readable.set(index, data);
  }
  return readable;
}

function entriesOf(value: unknown): readonly unknown[] {
  const entries = memberOf(value, "listeners");
  return Array.isArray(entries) ? entries : [];
}

function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
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
function pathFaults(value: unknown): readonly ValueFault[] {
  return entriesOf(value).flatMap((entry, index) =>
    faultsAcrossHops(memberOf(entry, "profile")).map((fault) => ({
      ...fault,
      path: ["listeners", index, "profile", ...fault.path],
    })),
  );
}
