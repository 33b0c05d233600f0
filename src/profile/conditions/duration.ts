import { z } from "zod";
import type { Millis } from "../../core/machine.ts";
import { formatDuration, readDuration } from "../durations.ts";

/** A duration as people write it, in ms, no shorter than `shortestMs` and 30 days at most. */
export function duration(shortestMs: Millis): z.ZodType<Millis, string> {
  return z
    .string("a duration with a unit, such as 13m")
    .meta({ pattern: String.raw`^(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$`, examples: ["13m", "350s", "1h30m"] })
    .transform((text, context) => {
      const reading = readDuration(text);
      if (reading.kind === "duration" && reading.ms >= shortestMs) return reading.ms;
      const short = `found "${text}", expected ${formatDuration(shortestMs)} at least`;
      const message = reading.kind === "fault" ? reading.message : short;
      context.issues.push({ code: "custom", input: text, message });
      return z.NEVER;
    });
}
