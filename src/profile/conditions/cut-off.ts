import { z } from "zod";
import type { Endings } from "../../path/condition.ts";
import type { CutOffSettings } from "../../path/conditions/cut-off.ts";
import { closed } from "../closed.ts";
import { direction, writeDirection } from "./direction.ts";
import { duration, writeDuration } from "./duration.ts";
import { describeEndings, endings, writeEndings } from "./endings.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { wordsOf } from "./words-of.ts";

/** How a flow is cut off when a profile leaves it out. */
const RESET: Endings = { toDevice: "reset", toServer: "reset" };

/** A cut as a profile writes it. */
export const cutOffSchema = closed({
  type: z.literal("cut-off"),
  direction,
  after: duration(1).optional().describe("How long after the first data or FIN; at once when left out"),
  ending: endings.optional().describe("How the flow ends; reset when left out"),
  ...NARROWING,
}).transform((written) =>
  narrowed(written, {
    type: written.type,
    direction: written.direction,
    ...given({ afterMs: written.after }),
    ending: written.ending ?? RESET,
  }),
);

/** How a cut is written. */
export const cutOffFormat: ConditionFormat<CutOffSettings> = {
  write: ({ direction: way, afterMs, ending }) =>
    given({
      direction: writeDirection(way),
      after: writeDuration(afterMs),
      ending: writeEndings(ending),
    }),
  describe: ({ direction: way, afterMs, ending }) => {
    const after = writeDuration(afterMs);
    return wordsOf("cut-off", writeDirection(way), after && `after ${after}`, describeEndings(ending));
  },
};
