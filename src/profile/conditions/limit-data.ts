import { z } from "zod";
import type { Endings } from "../../path/condition.ts";
import type { LimitDataSettings } from "../../path/conditions/limit-data.ts";
import { closed } from "../closed.ts";
import { direction, writeDirection } from "./direction.ts";
import { describeEndings, endings, writeEndings } from "./endings.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { wordsOf } from "./words-of.ts";

/** How a flow ends at its limit when a profile leaves it out. */
const CLOSED: Endings = { toDevice: "close", toServer: "close" };

/** A limit of data as a profile writes it. */
export const limitDataSchema = closed({
  type: z.literal("limit-data"),
  bytes: z.int().min(0).describe("So many bytes of a direction pass, and not one more"),
  direction,
  atLimit: endings.optional().describe("How the flow ends behind them; close when left out"),
  ...NARROWING,
}).transform((written) =>
  narrowed(written, {
    type: written.type,
    limitBytes: written.bytes,
    direction: written.direction,
    atLimit: written.atLimit ?? CLOSED,
  }),
);

/** How a limit of data is written. */
export const limitDataFormat: ConditionFormat<LimitDataSettings> = {
  write: ({ limitBytes, direction: way, atLimit }) =>
    given({ bytes: limitBytes, direction: writeDirection(way), atLimit: writeEndings(atLimit) }),
  describe: ({ limitBytes, direction: way, atLimit }) =>
    wordsOf(`limit-data ${limitBytes}B`, writeDirection(way), describeEndings(atLimit)),
};
