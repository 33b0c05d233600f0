import { UsageError } from "../errors.ts";

/**
 * Checks the value of an option or argument that counts something.
 * @param what how messages name it: `--count`, `<id>`
 * @throws UsageError E_USAGE
 */
export function wholeNumber(what: string, found: number, least: number, most: number): number {
  if (Number.isInteger(found) && found >= least && found <= most) return found;
  throw new UsageError("E_USAGE", `${what}: found ${found}, expected a whole number from ${least} to ${most}`);
}
