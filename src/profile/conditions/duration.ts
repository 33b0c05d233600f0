import { z } from "zod";
import type { Millis } from "../../core/machine.ts";
import { formatDuration, LONGEST_DURATION_MS, readDuration } from "../durations.ts";

/** A duration as people write it, in ms, no shorter than `shortestMs` and no longer than `longestMs`. */
export function duration(shortestMs: Millis, longestMs = LONGEST_DURATION_MS): z.ZodType<Millis, string> {
  return z
    .string("a duration with a unit, such as 13m")
    .meta({
      pattern: String.raw`^(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$`,
      examples: EXAMPLES.filter(([, ms]) => ms >= shortestMs && ms <= longestMs).map(([text]) => text),
    })
    .transform((text, context) => {
      if (shortestMs === 0 && ZERO.test(text)) return 0;
      const reading = readDuration(text);
      const message = reading.kind === "fault" ? reading.message : rangeFault(text, reading.ms, shortestMs, longestMs);
      if (reading.kind === "duration" && message === undefined) return reading.ms;
      context.issues.push({ code: "custom", input: text, message });
      return z.NEVER;
    });
}

/** No time at all, which is a duration only where none is asked for. */
const ZERO = /^0+(?:d|h|m|s|ms)$/u;

/** A duration as a profile writes it; `undefined` for one that is not there. */
export function writeDuration(ms: Millis | undefined): string | undefined {
  return ms === undefined ? undefined : formatDuration(ms);
}

/** A duration that is left out when it is 0, to the millisecond, which is what a profile can say. */
export function writeUnlessZero(ms: Millis): string | undefined {
  return Math.round(ms) === 0 ? undefined : formatDuration(ms);
}

const EXAMPLES = [
  ["13m", 780_000],
  ["350s", 350_000],
  ["1h30m", 5_400_000],
  ["200ms", 200],
] as const satisfies readonly (readonly [string, Millis])[];

function rangeFault(text: string, ms: Millis, shortestMs: Millis, longestMs: Millis): string | undefined {
  if (ms < shortestMs) return `found "${text}", expected ${formatDuration(shortestMs)} at least`;
  return ms > longestMs ? `found "${text}", expected ${formatDuration(longestMs)} at most` : undefined;
}
