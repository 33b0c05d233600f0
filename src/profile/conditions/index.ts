import { z } from "zod";
import type { ConditionSettings, ConditionType } from "../../path/conditions/index.ts";
import { addressChangeFormat, addressChangeSchema } from "./address-change.ts";
import { bandwidthFormat, bandwidthSchema } from "./bandwidth.ts";
import { blackHoleFormat, blackHoleSchema } from "./black-hole.ts";
import { cutOffFormat, cutOffSchema } from "./cut-off.ts";
import { flowTableFormat, flowTableSchema } from "./flow-table.ts";
import type { ConditionFormat } from "./format.ts";
import { idleTimeoutFormat, idleTimeoutSchema } from "./idle-timeout.ts";
import { latencyFormat, latencySchema } from "./latency.ts";
import { lifetimeFormat, lifetimeSchema } from "./lifetime.ts";
import { limitDataFormat, limitDataSchema } from "./limit-data.ts";
import { lossFormat, lossSchema } from "./loss.ts";
import { describeNarrowing, writeNarrowing } from "./narrowing.ts";
import { outageFormat, outageSchema } from "./outage.ts";
import { refuseFormat, refuseSchema } from "./refuse.ts";
import { sliceFormat, sliceSchema } from "./slice.ts";
import { slowAcceptFormat, slowAcceptSchema } from "./slow-accept.ts";
import { slowCloseFormat, slowCloseSchema } from "./slow-close.ts";
import { stallFormat, stallSchema } from "./stall.ts";
import { wordsOf } from "./words-of.ts";

/** Any condition as a profile writes it; a further one is one file here, one entry in this list and one in the next. */
export const conditionSchema = z.discriminatedUnion("type", [
  idleTimeoutSchema,
  lifetimeSchema,
  latencySchema,
  bandwidthSchema,
  lossSchema,
  stallSchema,
  outageSchema,
  addressChangeSchema,
  slowAcceptSchema,
  refuseSchema,
  flowTableSchema,
  slowCloseSchema,
  sliceSchema,
  limitDataSchema,
  blackHoleSchema,
  cutOffSchema,
]) satisfies z.ZodType<ConditionSettings>;

/** One view of the table for every settings; sound because `type` picks the line made for them. */
const FORMATS: Readonly<Record<ConditionType, ConditionFormat<ConditionSettings>>> = {
  "idle-timeout": idleTimeoutFormat,
  lifetime: lifetimeFormat,
  latency: latencyFormat,
  bandwidth: bandwidthFormat,
  loss: lossFormat,
  stall: stallFormat,
  outage: outageFormat,
  "address-change": addressChangeFormat,
  "slow-accept": slowAcceptFormat,
  refuse: refuseFormat,
  "flow-table": flowTableFormat,
  "slow-close": slowCloseFormat,
  slice: sliceFormat,
  "limit-data": limitDataFormat,
  "black-hole": blackHoleFormat,
  "cut-off": cutOffFormat,
};

/** A condition in a few words, for tables: `13m drop`. */
export function describeCondition(settings: ConditionSettings): string {
  return wordsOf(FORMATS[settings.type].describe(settings), describeNarrowing(settings));
}

/** A condition as a profile writes it: a plain value that reads as the same settings. */
export function writeCondition(settings: ConditionSettings): Readonly<Record<string, unknown>> {
  return { type: settings.type, ...FORMATS[settings.type].write(settings), ...writeNarrowing(settings) };
}
