import { isNamed, sliceTrimmed } from "./fields.ts";
import type { Field } from "./message.ts";
import { type Flaw, Refusal, refuseLine } from "./refusal.ts";

/**
 * Reads the field lines at the start of a text of whole lines, up to an empty line or the text's end, into `fields`.
 * Gives the index after the last line read. A name is a token with no white space before the colon, a value holds no
 * control character but the tab, and lines are not folded (RFC 9112, 5, 5.1 and 5.2; RFC 9110, 5.1 and 5.5).
 */
export function readFieldLines(text: string, fields: Field[], fieldCount: number): number | Refusal {
  const hasTabs = text.includes("\t");
  let start = 0;
  while (start < text.length && !text.startsWith("\r\n", start)) {
    FIELD_LINE.lastIndex = start;
    if (!FIELD_LINE.test(text)) return refuseFieldLine(text, start);
    if (fields.length >= fieldCount) return new Refusal(431, `There are more than ${fieldCount} fields.`, start);
    const next = FIELD_LINE.lastIndex;
    const field = readField(text, start, next - 2);
    if (hasTabs && isTabbed(field, text, start, next - 2)) return new Refusal(400, TABBED, start);
    fields.push(field);
    start = next;
  }
  return start;
}

const FIELD_LINE = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t -~\u0080-\u00ff]*\r\n/uy;

const FIELD_FLAWS: readonly Flaw[] = [
  [/^[ \t]/u, "A line begins with white space; folded lines are not accepted."],
  [/^:/u, "A field has no name."],
  [/^[^:]*$/u, "A line of the fields has no colon."],
  [/^[^ \t:]+[ \t]+:/u, "White space stands between a field's name and its colon."],
];

const TABBED = "A tab stands beside the value of a field that frames the message.";

function readField(text: string, start: number, end: number): Field {
  const colon = text.indexOf(":", start);
  return { name: text.slice(start, colon), value: sliceTrimmed(text, colon + 1, end) };
}

/**
 * A tab beside the value is white space like any other by the grammar, but readers are known that don't skip it: they
 * would not see the coding or the length that others see (RFC 9112, 11.2).
 */
function isTabbed(field: Field, text: string, start: number, end: number): boolean {
  if (!isNamed(field, "transfer-encoding") && !isNamed(field, "content-length")) return false;
  return text.slice(start, end).includes("\t");
}

function refuseFieldLine(text: string, start: number): Refusal {
  const line = text.slice(start, text.indexOf("\n", start) + 1);
  const refusal = refuseLine(line, FIELD_FLAWS, "A field's name holds a character that no name may hold.");
  return new Refusal(refusal.status, refusal.message, start + refusal.index);
}
