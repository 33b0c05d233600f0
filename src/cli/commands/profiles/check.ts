import { FileError } from "../../../errors.ts";
import { readText } from "../../../live/text-file.ts";
import { readProfile } from "../../../profile/reader.ts";
import { JSON_OPTION, defineCommand } from "../../command.ts";
import { EXIT, exitCodeOf } from "../../exit-codes.ts";
import type { ExitCode } from "../../exit-codes.ts";
import { errorText } from "../../output.ts";

/** `idlewall profiles check`. */
export const check = defineCommand({
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

function checkFile(file: string) {
  try {
    return { file, name: readProfile(readText(file), file).name, faults: [], error: undefined };
  } catch (error) {
    const faults = error instanceof FileError ? error.faults : [{ message: errorText(error, false) }];
    return { file, name: undefined, faults, error };
  }
}
