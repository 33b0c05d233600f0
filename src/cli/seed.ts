import { randomInt } from "node:crypto";
import { LARGEST_SEED } from "../core/random.ts";
import { wholeNumber } from "./whole-number.ts";

/**
 * The seed that was given, or one that is drawn.
 * @throws UsageError E_USAGE
 */
export function seedFrom(given: number | undefined): number {
  return given === undefined ? randomInt(LARGEST_SEED + 1) : checkedSeed(given);
}

/**
 * Checks a seed.
 * @param what how messages name it
 * @throws UsageError E_USAGE
 */
export function checkedSeed(given: number, what = "--seed"): number {
  return wholeNumber(what, given, 0, LARGEST_SEED);
}
