import type { Field, Framing } from "./message.ts";

/** The value of the first field of that name, in any case (RFC 9110, 5.1). */
export function findField(fields: readonly Field[], name: string): string | undefined {
  const lowerName = name.toLowerCase();
  return fields.find((field) => isNamed(field, lowerName))?.value;
}

/** The field has that name, which is given in lower case. */
export function isNamed(field: Field, lowerName: string): boolean {
  return field.name.length === lowerName.length && field.name.toLowerCase() === lowerName;
}

/** A token stands, in any case, in the list that all fields of that name make. */
export function hasToken(fields: readonly Field[], name: string, token: string): boolean {
  return tokensOf(fields, name).includes(token.toLowerCase());
}

/** The members, in lower case, of the comma-separated list that all fields of that name make (RFC 9110, 5.6.1). */
export function tokensOf(fields: readonly Field[], name: string): readonly string[] {
  const lowerName = name.toLowerCase();
  const tokens: string[] = [];
  for (const field of fields) {
    if (!isNamed(field, lowerName)) continue;
    for (const item of field.value.toLowerCase().split(",")) tokens.push(sliceTrimmed(item, 0, item.length));
  }
  return tokens;
}

/**
 * The sender of this head lets the connection last beyond the message (RFC 9112, 9.3).
 * Where a body ends with the connection nothing is left to last.
 */
export function keepsAlive(head: {
  readonly minorVersion: 0 | 1;
  readonly fields: readonly Field[];
  readonly framing: Framing;
}): boolean {
  if (head.framing.kind === "until-close" || hasToken(head.fields, "connection", "close")) return false;
  return head.minorVersion === 1 || hasToken(head.fields, "connection", "keep-alive");
}

/**
 * The text from `start` to `end` without spaces and tabs at its ends (OWS: RFC 9110, 5.6.3).
 * `String.trim` would also take off a no-break space, which is part of a value.
 */
export function sliceTrimmed(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from += 1;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to -= 1;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
