import { UsageError } from "../errors.ts";
import { anyOf, quoted, sortOf, unknownKey } from "../profile/words.ts";

/** What an option can be, in words, and how that is known. */
const SORTS = {
  "a number": (value: unknown) => typeof value === "number",
  "a boolean": (value: unknown) => typeof value === "boolean",
  "a string": (value: unknown) => typeof value === "string",
  "a function": (value: unknown) => typeof value === "function",
  "an object": (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value),
} as const;

type Sort = keyof typeof SORTS;

/** What each option can be; whoever adds one to the type must add it here. */
export type Sorts<Options> = { readonly [Name in keyof Required<Options>]: readonly Sort[] };

/**
 * Checks options that may come from JavaScript, where no compiler tells that one is misspelt or of the wrong type.
 * @throws UsageError E_USAGE every fault, each with its option
 */
export function checkOptions<Options extends object>(options: Options, sorts: Sorts<Options>): void {
  if (!SORTS["an object"](options)) throw unfit([`options: found ${found(options)}, expected an object`]);
  const known = new Map<string, readonly Sort[]>(Object.entries(sorts));
  const faults = Object.entries(options).flatMap(([name, value]: [string, unknown]) => faultsOf(name, value, known));
  if (faults.length > 0) throw unfit(faults);
}

function faultsOf(name: string, value: unknown, known: ReadonlyMap<string, readonly Sort[]>): readonly string[] {
  const sorts = known.get(name);
  if (sorts === undefined) return [`options: ${unknownKey(name, [...known.keys()])}`];
  if (value === undefined || sorts.some((sort) => SORTS[sort](value))) return [];
  return [`${name}: found ${name === "password" ? sortOf(value) : found(value)}, expected ${anyOf(sorts)}`];
}

/** A value that is short and no secret as it is, any other by its sort. */
function found(value: unknown): string {
  return value === null || ["string", "number", "boolean"].includes(typeof value) ? quoted(value) : sortOf(value);
}

function unfit(faults: readonly string[]): UsageError {
  return new UsageError("E_USAGE", faults.join("\n"));
}
