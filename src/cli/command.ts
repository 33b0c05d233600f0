import type { Argv, CommandModule, InferredOptionTypes, Options } from "yargs";
import { Parser } from "yargs/helpers";
import { UsageError } from "../errors.ts";
import { LOG_LEVELS } from "../live/log-words.ts";
import type { ExitCode } from "./exit-codes.ts";
import type { Output } from "./output.ts";
import { quoted } from "../profile/words.ts";
import { type Origins, originsOf } from "./origins.ts";
import { PARSING, reparse } from "./parsing.ts";
import type { FileExtras, OptionTable } from "./settings.ts";

/** What may stand on the rest of a command line. */
export interface KnownNames {
  readonly options: readonly string[];
  readonly commands: readonly string[];
  /** In their order. */
  readonly positionals: readonly string[];
}

/** What a command runs with. */
export interface CommandContext {
  /** The command line, without node and the script. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
  /** Told when a command has run to its end. */
  readonly ended: (code: ExitCode) => void;
  /** Told which names the command at hand takes, for suggestions. */
  readonly entered: (names: KnownNames) => void;
  /** Told which options have values that stand on no command line. */
  readonly read: (origins: Origins) => void;
}

/** A command that can be given to yargs once it knows what it runs with. */
export type Command = (context: CommandContext) => CommandModule;

/** What a command takes and does. */
export interface CommandDefinition<Table extends OptionTable, Positionals extends OptionTable> {
  /** Its name, then its positionals as yargs writes them: `show <name>`. */
  readonly command: string;
  readonly describe: string;
  readonly options: Table;
  /** In their order; `array: true` takes the rest. */
  readonly positionals?: Positionals;
  /** What its configuration file may hold beside options. */
  readonly fileExtras?: FileExtras;
  /**
   * Does the work; an error that reaches a person is thrown.
   * @param again reads flags, variables and configuration file anew, and gives their values
   */
  run(
    args: ArgumentsOf<Table, Positionals>,
    output: Output,
    again: () => Promise<ArgumentsOf<Table, Positionals>>,
  ): ExitCode | Promise<ExitCode>;
}

/** The values of a command's options. */
type ArgumentsOf<Table extends OptionTable, Positionals extends OptionTable> = InferredOptionTypes<
  typeof COMMON & Table & Positionals
>;

/** Every command takes these. */
const COMMON = {
  config: { type: "string", describe: "YAML file with options of this command" },
  "log-level": {
    type: "string",
    choices: LOG_LEVELS,
    describe: "How much is told on stderr",
  },
} as const satisfies OptionTable;

/** The option with which a command prints JSON. */
export const JSON_OPTION = {
  json: { type: "boolean", describe: "Print the result as JSON" },
} as const satisfies OptionTable;

/**
 * Makes a command whose options come from flags, `IDLEWALL_*` variables, then the `--config` file, in this order.
 * A number that is none, and an option given twice that takes one value, are refused.
 */
export function defineCommand<Table extends OptionTable, Positionals extends OptionTable = {}>(
  definition: CommandDefinition<Table, Positionals>,
): Command {
  const options = { ...COMMON, ...definition.options };
  const typed = (args: Readonly<Record<string, unknown>>, context: CommandContext): ArgumentsOf<Table, Positionals> => {
    checkValues(args, { options, positionals: definition.positionals ?? {} }, context.args);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- yargs was given the very table the type comes from
    return args as unknown as ArgumentsOf<Table, Positionals>;
  };
  return (context) => {
    const settings = () => {
      const origins = originsOf(context.args, context.env, options, definition.fileExtras);
      context.read(origins);
      return { ...origins.fromFile, ...origins.fromEnvironment };
    };
    const again = async () => typed(await reparse(context.args, withArguments(options), settings()), context);
    return {
      command: definition.command,
      describe: definition.describe,
      builder: (argv) => {
        const positionals = Object.keys(definition.positionals ?? {});
        context.entered({ options: Object.keys(options), commands: [], positionals });
        for (const [name, option] of Object.entries(definition.positionals ?? {}))
          argv.positional(name, positional(option));
        return argv.options(withArguments(options)).config(settings());
      },
      handler: async (args) => {
        context.ended(await definition.run(typed(args, context), context.output, again));
      },
    };
  };
}

/** Makes a command of commands, such as `profiles list`. */
export function commandGroup(name: string, describe: string, commands: readonly Command[]): Command {
  return (context) => ({
    command: name,
    describe,
    builder: (argv: Argv) => {
      const modules = commands.map((command) => command(context));
      context.entered({ options: [], commands: modules.map(nameOf), positionals: [] });
      for (const each of modules) argv.command(each);
      return argv.demandCommand(1, `expected a command after ${name}: ${modules.map(nameOf).join(", ")}`);
    },
    handler: () => undefined,
  });
}

/** The first word of a command. */
export function nameOf({ command }: CommandModule): string {
  return String(command).split(" ")[0] ?? "";
}

/** An option without its value is a slip of the hand, not an empty text. */
function withArguments(options: OptionTable): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      option.type === "boolean" ? option : { ...option, requiresArg: true },
    ]),
  );
}

function positional({ type, describe, array, demandOption }: Options) {
  return {
    ...(type !== undefined && type !== "count" && type !== "array" && { type }),
    ...(describe !== undefined && { describe }),
    ...(array !== undefined && { array }),
    ...(demandOption !== undefined && { demandOption }),
  };
}

/** What a command line may hold. */
interface Taken {
  readonly options: OptionTable;
  readonly positionals: OptionTable;
}

/** All that is wrong is told at once. */
function checkValues(args: Readonly<Record<string, unknown>>, taken: Taken, line: readonly string[]): void {
  const { options, positionals } = taken;
  const written = writtenOn(line, taken);
  const counts = [
    ...Object.keys(positionals).filter((name) => positionals[name]?.type === "number"),
    ...Object.keys(options).filter((name) => options[name]?.type === "number"),
  ];
  const faults = [
    ...Object.keys(options).flatMap((name) => {
      const value = args[name];
      const once = !Array.isArray(value) || options[name]?.array === true;
      return once ? [] : [`--${name}: found ${value.length} times, expected once`];
    }),
    ...counts.flatMap((name) => {
      const what = Object.hasOwn(positionals, name) ? `<${name}>` : `--${name}`;
      return isNumber(args[name], written[name]) ? [] : [`${what}: found ${quoted(written[name])}, expected a number`];
    }),
  ];
  if (faults.length > 0) throw new UsageError("E_USAGE", faults.join("\n"));
}

/** yargs takes an empty text for 0. */
function isNumber(value: unknown, text: unknown): boolean {
  return !Number.isNaN(value) && !(typeof text === "string" && text.trim() === "");
}

/** The values as they stand on the line, numbers as text; of positionals those that take one value and are required. */
function writtenOn(line: readonly string[], { options, positionals }: Taken): Readonly<Record<string, unknown>> {
  const named = (of: (option: Options) => boolean) => Object.keys(options).filter((name) => of(options[name] ?? {}));
  const numbers = named(({ type }) => type === "number");
  // A name with aliases, even none, is known in both spellings that yargs takes: --time-scale and --timeScale.
  const alias = Object.fromEntries(numbers.map((name) => [name, []]));
  const { _: words, ...flags } = Parser([...line], {
    string: named(({ type }) => type !== "boolean"),
    boolean: named(({ type }) => type === "boolean"),
    alias,
    configuration: PARSING,
  });
  const names = Object.keys(positionals);
  const values = words.slice(words.length - names.length);
  return { ...flags, ...Object.fromEntries(names.map((name, index) => [name, values[index]])) };
}
