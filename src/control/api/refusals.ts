import { EmulatorError, type ErrorCode, FileError } from "../../errors.ts";
import { pointerOf, type ValueFault } from "../../profile/document.ts";
import { type PlacedFault, problem, type ProblemStatus } from "../problem.ts";

/** Refuses a query with all that is wrong with it; `undefined` when nothing is. */
export function queryFaults(
  faults: readonly ValueFault[],
  strays: readonly string[],
  repeated: readonly string[],
): Response | undefined {
  const errors = [
    ...strays.map((parameter) => ({ parameter, detail: `found the unknown parameter ${parameter}, expected none` })),
    ...repeated.map((parameter) => ({ parameter, detail: `found ${parameter} more than once, expected it once` })),
    ...faults.map(({ path, message }) => ({ parameter: path.join("."), detail: message })),
  ];
  return errors.length === 0 ? undefined : refusedParameters(errors);
}

/** Refuses parameters of the query, or fields of the head, with all that is wrong with them. */
export function refusedParameters(errors: readonly (PlacedFault & { readonly parameter: string })[]): Response {
  return problem(400, sentences(errors), {}, { errors });
}

/** Refuses a body with all that is wrong with it; `undefined` when nothing is. */
export function bodyFaults(faults: readonly ValueFault[]): Response | undefined {
  return faults.length === 0 ? undefined : refusedBody(faults);
}

/** Refuses a body with all that is wrong with it. */
export function refusedBody(faults: readonly ValueFault[]): Response {
  const errors = faults.map(({ path, message }) => ({ pointer: `#${pointerOf(path)}`, detail: message }));
  return problem(422, sentences(errors), {}, { errors });
}

/** There is nothing of that name. */
export function notFound(what: string, name: string | number): Response {
  return problem(404, `There is no ${what} ${JSON.stringify(name)}.`);
}

/** What of a body an error is about: the first of these keys that the body has. */
export type Blame = Partial<Record<ErrorCode, readonly string[]>>;

/** What a person must change, as a problem; anything else is a fault of ours and is thrown on. */
export function problemOf(error: unknown, blame: Blame = {}, body?: unknown): Response {
  if (!(error instanceof EmulatorError)) throw error;
  const { code, message } = error;
  const errors = error instanceof FileError ? inFile(error) : inBody(error, blame, body);
  return problem(STATUSES[code] ?? 422, message, {}, { code, ...(errors.length > 0 && { errors }) });
}

function inFile({ file, faults }: FileError): readonly PlacedFault[] {
  return faults.map(({ pointer, line, column, message }) => ({
    pointer: `#${pointer}`,
    file,
    line,
    column,
    detail: message,
  }));
}

function inBody({ code, message }: EmulatorError, blame: Blame, body: unknown): readonly PlacedFault[] {
  const key = blame[code]?.find((each) => typeof body === "object" && body !== null && each in body);
  return key === undefined ? [] : [{ pointer: `#${pointerOf([key])}`, detail: message }];
}

const STATUSES: Partial<Record<ErrorCode, ProblemStatus>> = {
  E_LISTENER_EXISTS: 409,
  E_PORT_TAKEN: 409,
};

function sentences(errors: readonly { readonly detail: string }[]): string {
  return errors.map(({ detail }) => detail).join("\n");
}
