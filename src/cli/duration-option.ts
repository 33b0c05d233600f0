import type { Millis } from "../core/machine.ts";
import { UsageError } from "../errors.ts";
import { readDuration } from "../profile/durations.ts";

/**
 * Reads the duration that an option was given, in ms.
 * @throws UsageError E_DURATION_INVALID which option, what was found and what was expected
 */
export function durationFrom(option: string, text: string): Millis {
  const reading = readDuration(text);
  if (reading.kind === "duration") return reading.ms;
  throw new UsageError("E_DURATION_INVALID", `--${option}: ${reading.message}`);
}
