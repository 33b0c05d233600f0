import { loadProfile } from "../../../live/profile-files.ts";
import { pathLine } from "../../../profile/describe.ts";
import { JSON_OPTION, defineCommand } from "../../command.ts";
import { EXIT } from "../../exit-codes.ts";
import { type ProfileFacts, breaksWords, factsOf } from "./facts.ts";

/** `idlewall profiles show`. */
export const show = defineCommand({
  command: "show <profile>",
  describe: "Show one profile, shipped or from a file: its path, its source and what that does not show",
  options: JSON_OPTION,
  positionals: { profile: { type: "string", demandOption: true, describe: "Its name or its file" } },
  run: ({ profile: nameOrFile, json }, output) => {
    const profile = factsOf(loadProfile(nameOrFile));
    if (json === true) output.json(profile);
    else output.result(linesOf(profile).join("\n"));
    return EXIT.done;
  },
});

function linesOf(profile: ProfileFacts): readonly string[] {
  const { name, title, category, vendor, product, source, unverified = [], notes = [] } = profile;
  const made = [vendor, product].filter((each) => each !== undefined).join(", ");
  return [
    name,
    title,
    ...(category === undefined ? [] : [`category: ${category}`]),
    ...(made === "" ? [] : [`product: ${made}`]),
    `source: ${source}`,
    ...unverified.map((each) => `unverified: ${each}`),
    ...notes.map((each) => `note: ${each}`),
    `breaks heartbeats of (min): ${breaksWords(profile)}`,
    pathLine(profile),
  ];
}
