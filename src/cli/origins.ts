import { Parser } from "yargs/helpers";
import { EmulatorError } from "../errors.ts";
import {
  type FileExtras,
  type OptionTable,
  type Settings,
  camelled,
  settingsFromEnvironment,
  settingsFromFile,
} from "./settings.ts";
import { variableOf } from "./variables.ts";

/** The values of options that stand on no command line, and where they stand. */
export interface Origins {
  /** The configuration file as the person named it; empty when there is none. */
  readonly file: string;
  readonly fromFile: Settings;
  readonly fromEnvironment: Settings;
}

export const NO_ORIGINS: Origins = { file: "", fromFile: {}, fromEnvironment: {} };

/**
 * Reads the variables, and the configuration file that the command line or a variable names.
 * @throws FileError E_CONFIG_INVALID
 * @throws UsageError E_CONFIG_INVALID or E_FILE_UNREADABLE
 */
export function originsOf(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  options: OptionTable,
  extras?: FileExtras,
): Origins {
  const { config } = Parser([...args], { string: ["config"] });
  const named: unknown = config ?? env["IDLEWALL_CONFIG"];
  const file = typeof named === "string" ? named : "";
  const fromFile = file === "" ? {} : settingsFromFile(file, options, extras);
  return { file, fromFile, fromEnvironment: settingsFromEnvironment(env, options) };
}

/** Has an error name an option that is no flag on the line by the variable or the file that it stands in. */
export function nameOrigin(error: unknown, args: readonly string[], origins: Origins): void {
  if (!(error instanceof EmulatorError)) return;
  const { file, fromFile, fromEnvironment } = origins;
  /** yargs knows every flag in camel case, however it was typed. */
  const given = Parser([...args]);
  error.message = error.message.replaceAll(/^--([a-z0-9-]+)(?=:)/gmu, (flag, name: string) => {
    if (Object.hasOwn(given, camelled(name))) return flag;
    if (Object.hasOwn(fromEnvironment, name)) return variableOf(name);
    return Object.hasOwn(fromFile, name) ? `${file}: ${name}` : flag;
  });
}
