import { ApiError, EmulatorError } from "../errors.ts";
import { visible } from "../profile/words.ts";
import { apiErrorText } from "./api-error-text.ts";
import { EXIT } from "./exit-codes.ts";

/** Who tells people something. */
export interface Teller {
  note(text: string): void;
}

/** Where a command speaks: results go to programs (stdout), everything else to people (stderr). */
export interface Output extends Teller {
  /** Whether stdout shows colours; NO_COLOR and FORCE_COLOR are obeyed. */
  readonly colours: boolean;
  /** Whether stdout is a terminal. */
  readonly terminal: boolean;
  /** Writes a result, and a line end. */
  result(text: string): void;
  /** Writes a result as one line of JSON. */
  json(value: unknown): void;
  /** Tells people something, each line as `idlewall: ...`; what could move a terminal's cursor in it is escaped. */
  note(text: string): void;
  /** From now on the command goes on when nobody reads stdout any more. */
  outlive(): void;
}

/**
 * The output of this process; a reader of stdout that goes away (`| head`) ends it quietly, unless the command is to
 * outlive it, and a stdout that can't be written (a full disk) ends it with a sentence.
 */
export function processOutput(): Output {
  const { stdout, stderr } = process;
  let outlives = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (outlives) return;
    if (error.code === "EPIPE") process.exit(EXIT.done);
    stderr.write(`idlewall: standard output can't be written: ${error.code ?? error.message}\n`);
    process.exit(EXIT.usage);
  });
  /** Nobody is left to be told. */
  stderr.on("error", () => undefined);
  return {
    colours: stdout.isTTY && stdout.hasColors(),
    terminal: stdout.isTTY,
    result: (text) => void stdout.write(`${text}\n`),
    json: (value) => void stdout.write(`${JSON.stringify(value)}\n`),
    outlive: () => {
      outlives = true;
    },
    note: (text) => void stderr.write(`${noteText(text)}\n`),
  };
}

/** Whether what a command is at is told, at this `--log-level`; what went wrong always is. */
export function tellsProgress(level: string | undefined): boolean {
  return level !== "silent" && level !== "error" && level !== "warn";
}

/** A note as it is written. Tabs stay: they stand in lines of a file that a note shows. */
export function noteText(text: string): string {
  const lines = text.split("\n").map((line) => `idlewall: ${line.split("\t").map(visible).join("\t")}`);
  return lines.join("\n");
}

/** An error as people are told it; `debug` adds where it came from. */
export function errorText(error: unknown, debug: boolean): string {
  if (error instanceof ApiError && !debug) return apiErrorText(error);
  const stack = error instanceof Error ? stackOf(error) : String(error);
  if (error instanceof EmulatorError) return debug ? `${error.message}\n${error.code}\n${stack}` : error.message;
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const request = "this is a fault of idlewall; please report it with the command you gave";
  return debug ? `${request}\n${stack}` : `${message}\n${request} (IDLEWALL_DEBUG=1 tells more)`;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : "";
  return `${error.stack ?? error.message}${cause}`;
}
