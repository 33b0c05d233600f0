import { FileError } from "../errors.ts";
import type { Profile } from "../path/hop.ts";
import { checkHops } from "../path/check-hops.ts";
import { readDocument } from "./document.ts";
import type { ValueFault } from "./document.ts";
import { READING, faultsOf } from "./issues.ts";
import { listOf, memberOf } from "./member.ts";
import { readableHop } from "./readable-hop.ts";
import { profileSchema } from "./schema.ts";

/** What a value turned out to be when read as a profile. */
export type ProfileReading =
  | { readonly kind: "profile"; readonly profile: Profile }
  | { readonly kind: "faults"; readonly faults: readonly ValueFault[] };

/**
 * Reads a profile from the text of its file.
 * @param file how messages name the file
 * @throws FileError E_PROFILE_INVALID every fault at once, each with line and column
 */
export function readProfile(text: string, file: string): Profile {
  const document = readDocument(text);
  if (document.faults.length > 0) throw new FileError("E_PROFILE_INVALID", file, document.faults);
  const reading = readProfileValue(document.value);
  if (reading.kind === "profile") return reading.profile;
  throw new FileError("E_PROFILE_INVALID", file, document.place(reading.faults));
}

/** Reads a profile from a plain value, such as the JSON of a request, and tells every fault at once. */
export function readProfileValue(value: unknown): ProfileReading {
  const { success, data, error } = profileSchema.safeParse(value, READING);
  const across = faultsAcrossHops(value);
  if (success && across.length === 0) return { kind: "profile", profile: data };
  return { kind: "faults", faults: [...faultsOf(error?.issues ?? []), ...across] };
}

/** Finds what no single value of a profile shows, in one that may have other faults too. */
export function faultsAcrossHops(value: unknown): readonly ValueFault[] {
  return checkHops(listOf(memberOf(value, "hops")).map(readableHop)).map(({ pointer, message }) => ({
    path: ["hops", ...pointer.split("/").slice(1)],
    message,
  }));
}
