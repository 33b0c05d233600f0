/**
 * Writes a value as Go's encoding/json does: what HTML could take for markup is escaped, and the keys of an object stand
 * in the order in which they were set.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/gu, escaped);
}

/** Writes objects as one object, by their names in the order of their bytes, as Go writes a map. */
export function toJsonByName(values: readonly { readonly name: string }[]): string {
  const encoder = new TextEncoder();
  const named = values.map((value) => ({ bytes: encoder.encode(value.name), value }));
  const ordered = named.toSorted((left, right) => compareBytes(left.bytes, right.bytes));
  return `{${ordered.map(({ value }) => `${toJson(value.name)}:${toJson(value)}`).join(",")}}`;
}

/** A number that was kept in 32 bits, with no more digits than tell it from its neighbours. */
export function shortest32(value: number): number {
  for (let digits = 1; digits < 9; digits += 1) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return rounded;
  }
  return Number(value.toPrecision(9));
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const differs = left.findIndex((byte, index) => byte !== right[index]);
  return differs < 0 ? left.length - right.length : (left[differs] ?? 0) - (right[differs] ?? -1);
}
