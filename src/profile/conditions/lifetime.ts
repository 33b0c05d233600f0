import { z } from "zod";
import { SILENT } from "../../path/condition.ts";
import type { LifetimeSettings } from "../../path/conditions/lifetime.ts";
import { closed } from "../closed.ts";
import { formatDuration } from "../durations.ts";
import { duration } from "./duration.ts";
import { describeEndings, endings, writeEndings } from "./endings.ts";
import type { ConditionFormat } from "./format.ts";
import { narrowed, NARROWING } from "./narrowing.ts";

/** A lifetime as a profile writes it. */
export const lifetimeSchema = closed({
  type: z.literal("lifetime"),
  age: duration(1000).describe("Age at which a flow ends, whatever its traffic, 1s to 30d"),
  atExpiry: endings.optional().describe("How the flow ends, on both legs or each apart; drop when left out"),
  ...NARROWING,
}).transform((written) =>
  narrowed(written, { type: written.type, ageMs: written.age, atExpiry: written.atExpiry ?? SILENT }),
);

/** How a lifetime is written. */
export const lifetimeFormat: ConditionFormat<LifetimeSettings> = {
  write: ({ ageMs, atExpiry }) => ({ age: formatDuration(ageMs), atExpiry: writeEndings(atExpiry) }),
  describe: ({ ageMs, atExpiry }) => `lifetime ${formatDuration(ageMs)} ${describeEndings(atExpiry)}`,
};
