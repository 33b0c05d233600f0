import { z } from "zod";
import type { ConditionSettings, ConditionType } from "../../path/conditions/index.ts";
import type { ConditionFormat } from "./format.ts";
import { idleTimeoutFormat, idleTimeoutSchema } from "./idle-timeout.ts";
import { describeNarrowing, writeNarrowing } from "./narrowing.ts";

/** Any condition as a profile writes it; a further one is one file here, one entry in this list and one in the next. */
export const conditionSchema = z.discriminatedUnion("type", [idleTimeoutSchema]) satisfies z.ZodType<ConditionSettings>;

/** One view of the table for every settings; sound because `type` picks the line made for them. */
const FORMATS: Readonly<Record<ConditionType, ConditionFormat<ConditionSettings>>> = {
  "idle-timeout": idleTimeoutFormat,
};

/** A condition in a few words, for tables: `13m drop`. */
export function describeCondition(settings: ConditionSettings): string {
  const words = [FORMATS[settings.type].describe(settings), describeNarrowing(settings)];
  return words.filter((part) => part !== "").join(" ");
}

/** A condition as a profile writes it: a plain value that reads as the same settings. */
export function writeCondition(settings: ConditionSettings): Readonly<Record<string, unknown>> {
  return { type: settings.type, ...FORMATS[settings.type].write(settings), ...writeNarrowing(settings) };
}
