import yargs from "yargs";
import type { Argv, CommandModule } from "yargs";
import { UsageError } from "../errors.ts";
import { anyOf, suggestion } from "../profile/words.ts";
import { nameOf } from "./command.ts";
import type { CommandContext, KnownNames } from "./command.ts";
import type { CommandEntry } from "./commands.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import type { ExitCode } from "./exit-codes.ts";
import { errorText } from "./output.ts";
import { NO_ORIGINS, nameOrigin } from "./origins.ts";
import type { Output } from "./output.ts";
import { PARSING } from "./parsing.ts";
import { strangeVariables } from "./variables.ts";
import { version } from "./version.ts";

/** What a run of the command line is given. */
export interface RunSettings {
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
  readonly commands: readonly CommandEntry[];
}

/** Runs one command line to its end and tells its exit code; no error gets past it. */
export async function run({ args, env, output, commands }: RunSettings): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  let names: KnownNames = { options: [], commands: [], positionals: [] };
  let origins = NO_ORIGINS;
  const context: CommandContext = {
    args,
    env,
    output,
    ended: (ended) => {
      code = ended;
    },
    entered: (entered) => {
      names = entered;
    },
    read: (read) => {
      origins = read;
    },
  };
  for (const text of strangeVariables(env)) output.note(text);
  try {
    const modules = await Promise.all(commands.map((entry) => moduleOf(entry, context)));
    names = { options: [], commands: modules.map(nameOf), positionals: [] };
    const cli = frame(withDashes(args), (message) => usageError(message, names));
    for (const each of modules) cli.command(each);
    await cli.parseAsync();
    return code;
  } catch (error) {
    nameOrigin(error, args, origins);
    output.note(errorText(error, wantsDebug(args, env)));
    return exitCodeOf(error);
  }
}

/** Loads a command when its name stands anywhere on the line; of the others help says no more than their names. */
async function moduleOf({ name, describe, load }: CommandEntry, context: CommandContext): Promise<CommandModule> {
  if (!context.args.includes(name)) return { command: name, describe, handler: () => undefined };
  const command = await load();
  return command(context);
}

/** yargs takes a dash alone for no value of an option, so one that means standard input is joined to its option. */
function withDashes(args: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    if (arg === "-" && args[index - 1] === STDIN_OPTION) return [];
    return arg === STDIN_OPTION && args[index + 1] === "-" ? [`${arg}=-`] : [arg];
  });
}

/** The one option that takes standard input. */
const STDIN_OPTION = "--from-log";

function frame(args: readonly string[], refuse: (message: string) => Error): Argv {
  return yargs([...args])
    .scriptName("idlewall")
    .usage("$0 <command>\n\nEmulates the idle time-outs between ActiveSync devices and their server.")
    .locale("en")
    .parserConfiguration(PARSING)
    .demandCommand(1, "expected a command; idlewall --help lists them")
    .strict()
    .version(version())
    .alias("help", "h")
    .exitProcess(false)
    .wrap(null)
    .fail((message, error) => {
      /** A refusal of yargs's own comes either way. */
      throw error === undefined || error.name === "YError" ? refuse(error?.message ?? message) : error;
    });
}

/** Says yargs's refusals in our words, with the nearest name. */
function usageError(message: string, names: KnownNames): UsageError {
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/su.exec(message)?.[1];
  if (unknown !== undefined) return new UsageError("E_USAGE", unknownNames(unknown.split(", "), names));
  const choice = /Argument: (\S+), Given: (.*), Choices: (.*)$/su.exec(message);
  if (choice !== null) return choiceError(choice[1] ?? "", choice[2] ?? "", choice[3] ?? "");
  const missing = /^Missing required arguments?: (.*)$/su.exec(message)?.[1];
  if (missing !== undefined) return new UsageError("E_USAGE", `expected ${missing.split(", ").map(asFlag).join(", ")}`);
  const bare = /^Not enough arguments following: (.*)$/su.exec(message)?.[1];
  if (bare !== undefined) return new UsageError("E_USAGE", `expected a value after --${bare}`);
  const given = /^Not enough non-option arguments: got (\d+)/u.exec(message)?.[1];
  return new UsageError("E_USAGE", given === undefined ? message : tooFew(names.positionals[Number(given)]));
}

function tooFew(missing: string | undefined): string {
  return `expected ${missing === undefined ? "one more argument" : `<${missing}>`}; --help lists what the command takes`;
}

/** Yargs puts all in quotes, and gives every value of an option that was given several times. */
function choiceError(option: string, found: string, choices: string): UsageError {
  const first = found.split('"').find((each) => each.length > 0) ?? "";
  const known = choices.replaceAll('"', "");
  const hint = suggestion(first, known.split(", "));
  return new UsageError("E_USAGE", `--${option}: found ${found}, expected one of ${known}${hint}`);
}

function unknownNames(found: readonly string[], { options, commands }: KnownNames): string {
  /** A long option is told in both spellings. */
  const flags = new Set(found.map((name) => name.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)));
  const [first = ""] = found;
  if (commands.length > 0)
    return `found the unknown command ${first}, expected ${anyOf(commands)}${suggestion(first, commands)}`;
  return [...flags]
    .map((name) => {
      const near = suggestion(name, options).replace("mean ", "mean --");
      return `found the unknown option or argument ${name}${near}; --help lists what the command takes`;
    })
    .join("\n");
}

function asFlag(name: string): string {
  return `--${name}`;
}

function wantsDebug(args: readonly string[], env: NodeJS.ProcessEnv): boolean {
  const asked = args.some(
    (arg, index) => arg === "--log-level=debug" || (arg === "debug" && args[index - 1] === "--log-level"),
  );
  return asked || env["IDLEWALL_LOG_LEVEL"] === "debug" || !["", "0", undefined].includes(env["IDLEWALL_DEBUG"]);
}
