import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../errors.ts";
import type { Profile } from "../path/hop.ts";
import { readProfile } from "../profile/reader.ts";
import { quoted, suggestion } from "../profile/words.ts";
import { looksLikeFile } from "./profile-name.ts";
import { readText } from "./text-file.ts";

/** Two folders up from here, in the sources as in the build. */
const SHIPPED = fileURLToPath(new URL("../../profiles/", import.meta.url));

/**
 * Loads a shipped profile by its name, or any other by its file; what has a separator or a YAML ending is a file.
 * @throws UsageError E_PROFILE_UNKNOWN no shipped profile has that name
 * @throws UsageError E_FILE_UNREADABLE the file can't be read
 * @throws FileError E_PROFILE_INVALID every fault of the file
 */
export function loadProfile(nameOrFile: string): Profile {
  const file = looksLikeFile(nameOrFile) ? nameOrFile : shippedFile(nameOrFile);
  return readProfile(readText(file), file);
}

/** All shipped profiles, by name. */
export function listProfiles(): readonly Profile[] {
  return shippedNames().map(loadProfile);
}

/** A shipped profile by its name, which is never a file's; `undefined` when none has it. */
export function shippedProfile(name: string): Profile | undefined {
  return shippedNames().includes(name) ? loadProfile(name) : undefined;
}

/** The names of all shipped profiles, sorted. */
export function shippedNames(): readonly string[] {
  return readdirSync(SHIPPED)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort();
}

function shippedFile(name: string): string {
  const names = shippedNames();
  if (names.includes(name)) return path.join(SHIPPED, `${name}.yaml`);
  const hint = existsSync(name) ? `; to name the file beside you, write ./${name}` : suggestion(name, names);
  throw new UsageError(
    "E_PROFILE_UNKNOWN",
    `found the profile name ${quoted(name)}, expected one of \`idlewall profiles list\`, or a file such as ./my-path.yaml${hint}`,
  );
}
