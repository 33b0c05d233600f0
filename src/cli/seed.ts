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
 * @throws UsageError E_USAGE
 */
export function checkedSeed(given: number): number {
  return wholeNumber("--seed", given, 0, LARGEST_SEED);
}
