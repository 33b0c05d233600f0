import { UsageError } from "../errors.ts";

/**
 * Checks the value of an option that counts something.
 * @throws UsageError E_USAGE
 */
export function wholeNumber(option: string, found: number, least: number, most: number): number {
  if (Number.isInteger(found) && found >= least && found <= most) return found;
  throw new UsageError("E_USAGE", `--${option}: found ${found}, expected a whole number from ${least} to ${most}`);
}
