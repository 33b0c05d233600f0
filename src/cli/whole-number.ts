import { UsageError } from "../errors.ts";
import { quoted } from "../profile/words.ts";

/**
 * Checks the value of an option that counts something.
 * @param what how messages name it: `--count`
 * @throws UsageError E_USAGE
 */
export function wholeNumber(what: string, found: number, least: number, most: number): number {
  if (Number.isInteger(found) && found >= least && found <= most) return found;
  throw new UsageError("E_USAGE", `${what}: found ${found}, expected a whole number from ${least} to ${most}`);
}

/**
 * Reads an argument that counts something, and shows it as it was written.
 * @param what how messages name it: `<id>`
 * @throws UsageError E_USAGE
 */
export function readWholeNumber(what: string, text: string, least: number, most: number): number {
  const found = text.trim() === "" ? NaN : Number(text);
  if (!Number.isNaN(found)) return wholeNumber(what, found, least, most);
  throw new UsageError("E_USAGE", `${what}: found ${quoted(text)}, expected a whole number from ${least} to ${most}`);
}
