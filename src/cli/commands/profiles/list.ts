import { listProfiles } from "../../../live/profile-files.ts";
import { PROFILE_CATEGORIES } from "../../../path/hop.ts";
import { pathLine } from "../../../profile/describe.ts";
import { JSON_OPTION, defineCommand } from "../../command.ts";
import { durationFrom } from "../../duration-option.ts";
import { EXIT } from "../../exit-codes.ts";
import { table } from "../../table.ts";
import { type ProfileFacts, breaksWords, factsOf } from "./facts.ts";

const HEADER = ["NAME", "BREAKS", "PATH", "TITLE"];

/** `idlewall profiles list`. */
export const list = defineCommand({
  command: "list",
  describe: "List the shipped profiles by category, with the heartbeats (in minutes) that each breaks",
  options: {
    category: {
      type: "string",
      array: true,
      choices: PROFILE_CATEGORIES,
      describe: "Only those of this category; may be repeated",
    },
    below: { type: "string", describe: "Only those whose shortest idle time-out is below this, such as 15m" },
    above: { type: "string", describe: "Only those whose shortest idle time-out is above this, or that have none" },
    ...JSON_OPTION,
  },
  run: ({ category, below, above, json }, output) => {
    const most = below === undefined ? undefined : durationFrom("below", below);
    const least = above === undefined ? undefined : durationFrom("above", above);
    const found = listProfiles()
      .map(factsOf)
      .filter(({ category: own }) => category === undefined || category.some((each) => each === own))
      .filter(({ shortestIdleTimeoutMs: ms = Infinity }) => most === undefined || ms < most)
      .filter(({ shortestIdleTimeoutMs: ms = Infinity }) => least === undefined || ms > least);
    const grouped = PROFILE_CATEGORIES.flatMap((each) => found.filter((profile) => profile.category === each));
    if (json === true) output.json(grouped);
    else if (grouped.length === 0) output.note("found no shipped profile that all of these options leave");
    else output.result(byCategory(grouped));
    return EXIT.done;
  },
});

/** One table whose columns are the same for all, with a line for each category above its profiles. */
function byCategory(profiles: readonly ProfileFacts[]): string {
  const rows = PROFILE_CATEGORIES.flatMap((category) => {
    const own = profiles.filter((profile) => profile.category === category).map(rowOf);
    return own.length === 0 ? [] : [[category], ...own];
  });
  return table(HEADER, rows);
}

function rowOf(profile: ProfileFacts): readonly string[] {
  return [`  ${profile.name}`, breaksWords(profile), pathLine(profile), profile.title];
}
