import type { z } from "zod";
import type { DocumentPath, ValueFault } from "./document.ts";
import { anyOf, quoted, suggestion, unknownKey } from "./words.ts";

type Issue = z.core.$ZodIssue;

/** How each type that a schema expects is called; what is not named here is called by its own name. */
const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping",
};

/** What each origin of a size counts. */
const SIZES: Readonly<Record<string, string>> = { string: " characters", array: " entries" };

/**
 * How a value is read: every issue carries its input, and as its message what was expected instead.
 * A schema's own message takes the place of these; `custom` issues carry the whole sentence.
 */
export const READING = { reportInput: true, error: expected } as const;

/** Says a schema's issues, of a reading with `READING`, as faults. */
export function faultsOf(issues: readonly Issue[], base: DocumentPath = []): readonly ValueFault[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path.map(String)];
    if (issue.code === "unrecognized_keys") return keyFaults(issue, path);
    if (issue.code === "invalid_union") return unionFaults(issue, path);
    return [{ path, message: issue.code === "custom" ? issue.message : sentence(issue, issue.input, path) }];
  });
}

function keyFaults(issue: z.core.$ZodIssueUnrecognizedKeys, path: DocumentPath): readonly ValueFault[] {
  const known = issue.message.split(",");
  return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, known), key: true }));
}

/** A union's faults are those of the branch that was meant: the one that fits but for the fewest of its fields. */
function unionFaults(issue: z.core.$ZodIssueInvalidUnion, path: DocumentPath): readonly ValueFault[] {
  const meant = issue.errors
    .filter((branch) => !branch.some((each) => each.path.length === 0 && each.code.startsWith("invalid_")))
    .sort((left, right) => weight(left) - weight(right))[0];
  if (meant !== undefined) return faultsOf(meant, path);
  const input: unknown =
    issue.discriminator === undefined ? issue.input : Reflect.get(new Object(issue.input), issue.discriminator);
  return [{ path, message: sentence(issue, input, path) }];
}

/** A foreign key tells more against a branch than a missing or mistaken field. */
function weight(branch: readonly Issue[]): number {
  return branch.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? 2 * issue.keys.length : 1), 0);
}

function sentence(issue: Issue, input: unknown, path: DocumentPath): string {
  const key = path.at(-1);
  const size = Array.isArray(input) && issue.code.startsWith("too_") ? ` of ${input.length}` : "";
  const found = input === undefined && key !== undefined ? `${key} is missing` : `found ${shown(input)}${size}`;
  const near = typeof input === "string" ? suggestion(input, wordsOf(issue)) : "";
  return `${found}, expected ${issue.message}${near}`;
}

function shown(input: unknown): string {
  if (input === undefined || input === null) return "nothing";
  if (Array.isArray(input)) return "a list";
  return typeof input === "object" ? "a mapping" : quoted(input);
}

/** The words that an issue would have taken. */
function wordsOf(issue: Issue): readonly string[] {
  if (issue.code === "invalid_value") return issue.values.map(String);
  if (issue.code !== "invalid_union") return [];
  return [...optionsOf(issue), ...issue.errors.flat().flatMap(wordsOf)];
}

/** The values that tell the branches of a discriminated union apart. */
function optionsOf(issue: object): readonly string[] {
  return "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
}

function expected(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === "invalid_type") return TYPES[issue.expected] ?? issue.expected;
  if (issue.code === "invalid_value") return anyOf(issue.values.map(String));
  if (issue.code === "invalid_union") return anyOf(optionsOf(issue));
  if (issue.code === "too_big") return `${issue.maximum}${SIZES[issue.origin] ?? ""} at most`;
  if (issue.code === "too_small" && issue.inclusive === false) return `more than ${issue.minimum}`;
  if (issue.code === "too_small") return `${issue.minimum}${SIZES[issue.origin] ?? ""} at least`;
  return undefined;
}
