import { z } from "zod";
import type { SlowAcceptSettings } from "../../path/conditions/slow-accept.ts";
import { closed } from "../closed.ts";
import { formatDuration } from "../durations.ts";
import { duration } from "./duration.ts";
import type { ConditionFormat } from "./format.ts";
import { narrowed, NARROWING } from "./narrowing.ts";

/** A slow accept as a profile writes it. */
export const slowAcceptSchema = closed({
  type: z.literal("slow-accept"),
  delay: duration(1).describe("How late connections are accepted, 1ms to 30d"),
  ...NARROWING,
}).transform((written) => narrowed(written, { type: written.type, delayMs: written.delay }));

/** How a slow accept is written. */
export const slowAcceptFormat: ConditionFormat<SlowAcceptSettings> = {
  write: ({ delayMs }) => ({ delay: formatDuration(delayMs) }),
  describe: ({ delayMs }) => `slow-accept ${formatDuration(delayMs)}`,
};
