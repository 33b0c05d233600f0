import { UsageError } from "../errors.ts";
import { loadProfile } from "../live/profile-files.ts";
import type { Profile } from "../path/hop.ts";
import { pointerOf, type ValueFault } from "../profile/document.ts";
import { type ProfileReading, readProfileValue } from "../profile/reader.ts";
import { type WrittenProfile, writeProfile } from "../profile/writer.ts";

/**
 * A profile from a value, checked as a file is: one as its file spells it (`idleTimeout: "13m"`), or a `Profile`.
 * @throws UsageError E_PROFILE_INVALID every fault, each with its JSON pointer
 */
export function profileFrom(value: WrittenProfile | Profile): Profile {
  const written = readProfileValue(value);
  if (written.kind === "profile") return written.profile;
  const plain = readPlain(value);
  if (plain?.kind === "profile") return plain.profile;
  const meant = plain === undefined || written.faults.length <= plain.faults.length ? written : plain;
  throw invalidProfile(meant.faults);
}

/**
 * A shipped profile by its name, one of a file, or a value.
 * @throws EmulatorError as `loadProfile` and `profileFrom`
 */
export function chosenProfile(profile: string | WrittenProfile | Profile): Profile {
  return typeof profile === "string" ? loadProfile(profile) : profileFrom(profile);
}

/** Says faults as one error. */
export function invalidProfile(faults: readonly ValueFault[]): UsageError {
  const lines = faults.map(({ path, message }) => (path.length === 0 ? message : `${pointerOf(path)}: ${message}`));
  return new UsageError("E_PROFILE_INVALID", lines.join("\n"));
}

/** The value read as a `Profile`; `undefined` where it has too little of one to be written. */
function readPlain(value: WrittenProfile | Profile): ProfileReading | undefined {
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what can't be written, or read again, is refused
    return readProfileValue(writeProfile(value as Profile));
  } catch {
    return undefined;
  }
}
