import type { Profile } from "../../path/hop.ts";
import { readProfileValue } from "../../profile/reader.ts";
import { anyOf, quoted, suggestion } from "../../profile/words.ts";
import { writeProfile } from "../../profile/writer.ts";
import { refusedBody } from "./refusals.ts";
import type { ApiSubject } from "./subject.ts";

/** The profile that a body names or spells out, or the refusal that tells all that is wrong with it. */
export function chosenProfile(choice: string | Profile, subject: ApiSubject): Profile | Response {
  if (typeof choice === "string") return shipped(choice, subject);
  const reading = readProfileValue(writeProfile(choice));
  if (reading.kind === "profile") return reading.profile;
  return refusedBody(reading.faults.map((fault) => ({ ...fault, path: ["profile", ...fault.path] })));
}

function shipped(name: string, subject: ApiSubject): Profile | Response {
  const found = subject.profile(name);
  if (found !== undefined) return found;
  const names = subject.profileNames();
  const message = `found the profile name ${quoted(name)}, expected ${anyOf(names)}${suggestion(name, names)}`;
  return refusedBody([{ path: ["profile"], message }]);
}
