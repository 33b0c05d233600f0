import { UsageError } from "../errors.ts";

/** The most emulated seconds that a real second can hold; beyond it a millisecond is too coarse for any interval. */
const LARGEST_TIME_SCALE = 10_000;

/**
 * Checks how fast emulated time is to run.
 * @throws UsageError E_USAGE
 */
export function timeScaleFrom(timeScale: number): number {
  if (timeScale > 0 && timeScale <= LARGEST_TIME_SCALE) return timeScale;
  throw new UsageError(
    "E_USAGE",
    `--time-scale: found ${timeScale}, expected more than 0 and at most ${LARGEST_TIME_SCALE}`,
  );
}
