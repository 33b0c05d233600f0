import { readText } from "../../live/text-file.ts";
import { listProfiles, loadProfile } from "../../live/profile-files.ts";
import { pathLine } from "../../profile/describe.ts";
import { readProfile } from "../../profile/reader.ts";
import { JSON_OPTION, commandGroup, defineCommand } from "../command.ts";
import { EXIT, exitCodeOf } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { errorText } from "../output.ts";
import { FileError } from "../../errors.ts";
import { table } from "../table.ts";

const list = defineCommand({
  command: "list",
  describe: "List the shipped profiles",
  options: JSON_OPTION,
  run: ({ json }, output) => {
    const profiles = listProfiles();
    if (json === true) output.json(profiles);
    else
      output.result(
        table(
          ["NAME", "TITLE", "PATH"],
          profiles.map((each) => [each.name, each.title, pathLine(each)]),
        ),
      );
    return EXIT.done;
  },
});

const show = defineCommand({
  command: "show <profile>",
  describe: "Show one profile, shipped or from a file",
  options: JSON_OPTION,
  positionals: { profile: { type: "string", demandOption: true, describe: "Its name or its file" } },
  run: ({ profile: nameOrFile, json }, output) => {
    const profile = loadProfile(nameOrFile);
    if (json === true) output.json(profile);
    else output.result([profile.name, profile.title, `source: ${profile.source}`, pathLine(profile)].join("\n"));
    return EXIT.done;
  },
});

const check = defineCommand({
  command: "check <files..>",
  describe: "Check profile files and tell every fault with line and column",
  options: JSON_OPTION,
  positionals: { files: { type: "string", array: true, demandOption: true, describe: "Files of profiles" } },
  run: ({ files, json }, output) => {
    const checked = files.map(checkFile);
    if (json === true) output.json(checked.map(({ file, name, faults }) => ({ file, name, faults })));
    for (const { file, name, error } of checked) {
      if (error !== undefined) output.note(errorText(error, false));
      else if (json !== true) output.result(`${file}: ${name} is a valid profile`);
    }
    return checked.reduce<ExitCode>((code, { error }) => (error === undefined ? code : exitCodeOf(error)), EXIT.done);
  },
});

/** `idlewall profiles list | show | check`. */
export const profiles = commandGroup("profiles", "Named paths with their time-outs", [list, show, check]);

function checkFile(file: string) {
  try {
    return { file, name: readProfile(readText(file), file).name, faults: [], error: undefined };
  } catch (error) {
    const faults = error instanceof FileError ? error.faults : [{ message: errorText(error, false) }];
    return { file, name: undefined, faults, error };
  }
}
