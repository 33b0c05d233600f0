import { type Fault, FileError } from "../errors.ts";
import { readDocument, type YamlDocument } from "../profile/document.ts";
import { faultsOf, READING } from "../profile/issues.ts";
import type { SizeResult } from "../sizing/size-result.ts";
import { sizeResultSchema } from "./size-result-schema.ts";

/** Faults told at most: a file of another kind has one for every key. */
const MOST_FAULTS = 10;

/**
 * Reads what `size --json` has printed.
 * @param file how messages name the text
 * @throws FileError E_RESULT_INVALID its faults, each with line, column and pointer, ten at most
 */
export function readSizeResult(text: string, file: string): SizeResult {
  if (/^\s*[^\s{[]/u.test(text)) throw new FileError("E_RESULT_INVALID", file, [NO_JSON]);
  const document = readDocument(text);
  const { success, data, error } = sizeResultSchema.safeParse(document.value, READING);
  if (success && document.faults.length === 0) return data;
  throw refusal(file, document, faultsOf(error?.issues ?? []));
}

/** What `size` prints for people stands in tables, and a fault of the first line in it would say nothing. */
const NO_JSON: Fault = {
  message: "this is no result of size --json: found no JSON; without --json, size writes tables for people",
  pointer: "",
  line: 1,
  column: 1,
};

function refusal(file: string, document: YamlDocument, issues: ReturnType<typeof faultsOf>): FileError {
  const faults = document.faults.length > 0 ? document.faults : document.place(issues).map(withPointer);
  const more = faults.length - MOST_FAULTS;
  const [first, ...rest] = faults.slice(0, MOST_FAULTS);
  const told =
    first === undefined ? [] : [{ ...first, message: `this is no result of size --json: ${first.message}` }, ...rest];
  const last = told.at(-1);
  if (more > 0 && last !== undefined) told.push({ ...last, message: `and ${more} more like these` });
  return new FileError("E_RESULT_INVALID", file, told);
}

/** A result stands on one line: there its columns tell nobody much. */
function withPointer(fault: Fault): Fault {
  return { ...fault, message: fault.pointer === "" ? fault.message : `${fault.pointer}: ${fault.message}` };
}
