import { UsageError } from "../errors.ts";
import { LARGEST_TIME_SCALE } from "../live/real-scheduler.ts";

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
