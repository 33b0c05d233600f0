import path from "node:path";
import type { Options } from "yargs";
import { FileError, UsageError } from "../errors.ts";
import { readText } from "../live/text-file.ts";
import { readDocument } from "../profile/document.ts";
import type { ValueFault } from "../profile/document.ts";
import { anyOf, quoted, suggestion, unknownKey } from "../profile/words.ts";
import { optionBeside } from "./beside.ts";
import { variableOf } from "./variables.ts";

/** The options of a command, by the name that its flags, a configuration file and variables share. */
export type OptionTable = Readonly<Record<string, Options>>;

/** Values of options, by name. */
export type Settings = Readonly<Record<string, unknown>>;

/** What a configuration file may hold beside options. */
export interface FileExtras {
  /** Keys that are no options. */
  readonly keys: readonly string[];
  /** Finds every fault of these, of options' values, and across them. */
  faults(value: Readonly<Record<string, unknown>>, file: string): readonly ValueFault[];
}

/** How an option's value is said to be expected. */
const EXPECTED = {
  boolean: "true or false",
  number: "a number",
  array: "text or a list of texts",
  string: "text",
} as const;

type Kind = keyof typeof EXPECTED;

const WORDS_FOR_TRUTH: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["no", false],
]);

/**
 * Settings of a configuration file: YAML, a mapping from a command's options, spelt as flags (`idle-timeout`) or as
 * `idleTimeout`. Files that it names are beside it.
 * @throws FileError E_CONFIG_INVALID every fault at once, each with line and column
 * @throws UsageError E_FILE_UNREADABLE the file can't be read
 */
export function settingsFromFile(file: string, options: OptionTable, extras: FileExtras = NO_EXTRAS): Settings {
  const document = readDocument(readText(file));
  if (document.faults.length > 0) throw new FileError("E_CONFIG_INVALID", file, document.faults);
  const value = mappingOf(document.value);
  const { settings, faults } = readSettings(value ?? {}, options, extras, path.dirname(file));
  if (value === undefined) faults.push({ path: [], message: "expected a mapping of options" });
  faults.push(...extras.faults(value ?? {}, file));
  if (faults.length > 0) throw new FileError("E_CONFIG_INVALID", file, document.place(faults));
  return settings;
}

/**
 * Settings of variables: `IDLEWALL_IDLE_TIMEOUT` for `--idle-timeout`, lists with commas; empty ones say nothing.
 * Unknown variables are left alone here; `strangeVariables` tells of them.
 * @throws UsageError E_CONFIG_INVALID what was found and what was expected
 */
export function settingsFromEnvironment(env: NodeJS.ProcessEnv, options: OptionTable): Settings {
  const found = Object.entries(options).flatMap(([name, option]) => {
    const variable = variableOf(name);
    const text = env[variable];
    if (text === undefined || text === "") return [];
    const value = valueOfText(kindOf(option), text);
    if (value !== undefined) return [[name, value] as const];
    throw new UsageError(
      "E_CONFIG_INVALID",
      `${variable}: found ${quoted(text)}, expected ${EXPECTED[kindOf(option)]}`,
    );
  });
  return Object.fromEntries(found);
}

function kindOf(option: Options | undefined): Kind {
  if (option?.array === true || option?.type === "array") return "array";
  return option?.type === "boolean" || option?.type === "number" ? option.type : "string";
}

function valueOf(option: Options | undefined, value: unknown): unknown {
  const kind = kindOf(option);
  if (kind === "boolean") return typeof value === "boolean" ? value : undefined;
  if (kind === "number") return typeof value === "number" && Number.isFinite(value) ? value : undefined;
  if (kind === "string") return textOf(value);
  const texts = (Array.isArray(value) ? value : [value]).map(textOf);
  return texts.includes(undefined) ? undefined : texts;
}

/** A port alone is a number to YAML, and still the text that was written. */
function textOf(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function valueOfText(kind: Kind, text: string): unknown {
  if (kind === "boolean") return WORDS_FOR_TRUTH.get(text.toLowerCase());
  if (kind === "number") return Number.isFinite(Number(text)) ? Number(text) : undefined;
  return kind === "array" ? text.split(",").map((part) => part.trim()) : text;
}

const NO_EXTRAS: FileExtras = { keys: [], faults: () => [] };

function readSettings(
  value: Readonly<Record<string, unknown>>,
  options: OptionTable,
  { keys }: FileExtras,
  folder: string,
): { readonly settings: Settings; readonly faults: ValueFault[] } {
  const names = Object.keys(options).filter((name) => name !== "config");
  const faults: ValueFault[] = [];
  const settings = new Map<string, unknown>();
  for (const [key, given] of Object.entries(value)) {
    if (keys.includes(key)) continue;
    const name = dashed(key);
    const read = valueOf(options[name], given);
    if (!names.includes(name)) faults.push({ path: [key], key: true, message: unknownKey(key, [...names, ...keys]) });
    else if (settings.has(name)) faults.push({ path: [key], key: true, message: `found ${name} in both spellings` });
    else if (read === undefined)
      faults.push({ path: [key], message: `found ${shown(given)}, expected ${EXPECTED[kindOf(options[name])]}` });
    else faults.push(...choiceFaults(key, options[name], read));
    settings.set(name, optionBeside(folder, name, read));
  }
  return { settings: Object.fromEntries(settings), faults };
}

/** Yargs would tell it too, without its place, and only where nothing else is wrong. */
function choiceFaults(key: string, option: Options | undefined, value: unknown): readonly ValueFault[] {
  const choices = option?.choices?.map(String);
  const found = (Array.isArray(value) ? value : [value]).find((each) => choices?.includes(String(each)) === false);
  if (choices === undefined || found === undefined) return [];
  const near = suggestion(String(found), choices);
  return [{ path: [key], message: `found ${shown(found)}, expected ${anyOf(choices)}${near}` }];
}

function mappingOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(new Object(value)));
}

/** The name of the option that a key means, in either spelling. */
export function dashed(key: string): string {
  return key.replaceAll(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`);
}

/** The name of an option in camel case, which is taken wherever the one with dashes is. */
export function camelled(name: string): string {
  return name.replaceAll(/-([a-z])/gu, (_, letter: string) => letter.toUpperCase());
}

function shown(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : quoted(value);
}
