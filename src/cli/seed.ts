import { randomInt } from "node:crypto";
import { wholeNumber } from "./whole-number.ts";

/** Seeds beyond it would be cut: chances hang on 32 bits. */
const LARGEST_SEED = 2 ** 32 - 1;

/**
 * The seed that was given, or one that is drawn.
 * @throws UsageError E_USAGE
 */
export function seedFrom(given: number | undefined): number {
  return given === undefined ? randomInt(LARGEST_SEED + 1) : checkedSeed(given);
}

/** @throws UsageError E_USAGE */
export function checkedSeed(given: number): number {
  return wholeNumber("seed", given, 0, LARGEST_SEED);
}
