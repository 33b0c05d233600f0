import yargs, { type Options } from "yargs";
import { UsageError } from "../errors.ts";

/** How a command line is split into options, whoever does it. */
export const PARSING = { "greedy-arrays": false, "dot-notation": false, "parse-positional-numbers": false } as const;

/** Reads a command line again that was found good before, with other settings behind its flags. */
export async function reparse(
  args: readonly string[],
  options: Readonly<Record<string, Options>>,
  settings: Record<string, unknown>,
): Promise<Readonly<Record<string, unknown>>> {
  return yargs([...args])
    .parserConfiguration(PARSING)
    .help(false)
    .version(false)
    .exitProcess(false)
    .options(options)
    .config(settings)
    .fail((message, error) => {
      throw error ?? new UsageError("E_USAGE", message);
    })
    .parseAsync();
}
