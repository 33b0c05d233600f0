import path from "node:path";
import { EmulatorError, type ErrorCode, FileError } from "../errors.ts";
import { loadProfile } from "../live/profile-files.ts";
import { readText } from "../live/text-file.ts";
import type { Profile } from "../path/hop.ts";
import { inlineProfile, type ListenerEntry, readConfiguration } from "../profile/configuration.ts";
import { readDocument } from "../profile/document.ts";
import { quoted } from "../profile/words.ts";
import { beside, profileBeside } from "./beside.ts";
import { draftHttps, draftTcp, type HttpsDraftArguments, type ListenerDraft } from "./listener-drafts.ts";

/** The listeners of a configuration file. */
export interface FileListeners {
  readonly entries: readonly PlacedEntry[];
  /** Where the file is, for the files that it names. */
  readonly folder: string;
  readonly applyTo: "new" | "all";
}

/** An entry that knows its place in the file. */
export interface PlacedEntry {
  readonly entry: ListenerEntry;
  /** Says what is wrong with the value of one of its keys; where it has no such key, at its own place. */
  readonly fault: (key: string, code: ErrorCode, message: string) => FileError;
}

/** What an entry may leave to its surroundings. */
export interface EntrySurroundings {
  readonly folder: string;
  /** The path of listeners that name none. */
  readonly profile: Profile;
  /** Directory for certificates that are made. */
  readonly certs: string;
  /** Whether probes are answered, on every listener that speaks HTTP. */
  readonly probing?: Pick<HttpsDraftArguments, "allow-probe" | "time-scale">;
  /** Names of listeners that the command's options describe. */
  readonly taken: readonly string[];
}

/**
 * Reads the listeners of a configuration file whose options were read already.
 * @param file none at all when absent
 * @throws FileError E_CONFIG_INVALID
 */
export function fileListeners(file: string | undefined): FileListeners {
  if (file === undefined) return { entries: [], folder: ".", applyTo: "new" };
  const document = readDocument(readText(file));
  const { listeners, applyTo, faults } = readConfiguration(document.value);
  if (faults.length > 0) throw new FileError("E_CONFIG_INVALID", file, document.place(faults));
  const entries = [...listeners].map(([index, entry]): PlacedEntry => ({
    entry,
    fault: (key, code, message) =>
      new FileError(code, file, document.place([{ path: ["listeners", index, key], message }])),
  }));
  return { entries, folder: path.dirname(file), applyTo };
}

/**
 * Drafts the listener that an entry describes.
 * @throws FileError what is wrong with it and its surroundings, with its place
 */
export function draftEntry({ entry, fault }: PlacedEntry, surroundings: EntrySurroundings): ListenerDraft {
  if (surroundings.taken.includes(entry.name)) {
    const found = `found ${quoted(entry.name)}, the name of a listener that an option describes`;
    throw fault("name", "E_LISTENER_EXISTS", `${found}: expected a name that no other listener has`);
  }
  try {
    return drafted(entry, surroundings);
  } catch (error) {
    if (!(error instanceof EmulatorError) || error instanceof FileError) throw error;
    throw fault("profile", error.code, error.message);
  }
}

/**
 * The path of an entry: written out, named, or its surroundings'.
 * @throws UsageError E_PROFILE_UNKNOWN or E_FILE_UNREADABLE
 * @throws FileError E_PROFILE_INVALID every fault of the profile's file
 */
export function entryProfile(
  entry: ListenerEntry,
  { folder, profile }: Pick<EntrySurroundings, "folder" | "profile">,
): Profile {
  if (typeof entry.profile === "string") return loadProfile(profileBeside(folder, entry.profile));
  return inlineProfile(entry) ?? profile;
}

/** An entry as the flags of the one listener that a command line has. */
export function httpsArguments(
  entry: Extract<ListenerEntry, { readonly type: "https" }>,
  { folder, certs }: Pick<EntrySurroundings, "folder" | "certs">,
): HttpsDraftArguments {
  const near = (file: string | undefined): string | undefined => file && beside(folder, file);
  return {
    listen: entry.listen,
    target: entry.target,
    "target-ca": near(entry.targetCa),
    "target-insecure": entry.targetInsecure,
    forward: entry.forward ?? "relay",
    backend: entry.backend,
    "keep-host": entry.keepHost,
    "strip-prefix": entry.stripPrefix,
    "add-prefix": entry.addPrefix,
    "x-forwarded": entry.xForwarded,
    cert: near(entry.cert),
    key: near(entry.key),
    pfx: near(entry.pfx),
    "passphrase-file": near(entry.passphraseFile),
    certs: near(entry.certs) ?? certs,
    "legacy-devices": entry.legacyDevices,
  };
}

function drafted(entry: ListenerEntry, surroundings: EntrySurroundings): ListenerDraft {
  const { name, listen, target, enabled = true } = entry;
  const profile = entryProfile(entry, surroundings);
  if (entry.type === "tcp") return draftTcp({ name, listen, target: target ?? "", profile, enabled });
  const { "allow-probe": allow, "time-scale": timeScale } = surroundings.probing ?? {};
  const probing = { "allow-probe": allow, "time-scale": timeScale };
  return draftHttps(name, { ...httpsArguments(entry, surroundings), ...probing }, profile, enabled);
}
