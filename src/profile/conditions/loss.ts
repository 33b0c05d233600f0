import { z } from "zod";
import type { LossSettings } from "../../path/conditions/loss.ts";
import { closed } from "../closed.ts";
import { direction, writeDirection } from "./direction.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { rto, writeRto } from "./rto.ts";
import { wordsOf } from "./words-of.ts";

/** Loss as a profile writes it. */
export const lossSchema = closed({
  type: z.literal("loss"),
  rate: z.number().gt(0).max(1).describe("Which part of the packets is lost, such as 0.02"),
  rto,
  direction,
  ...NARROWING,
}).transform((written) =>
  narrowed(written, {
    type: written.type,
    rate: written.rate,
    rtoMs: written.rto,
    direction: written.direction,
  }),
);

/** How loss is written. */
export const lossFormat: ConditionFormat<LossSettings> = {
  write: ({ rate, rtoMs, direction: way }) => given({ rate, rto: writeRto(rtoMs), direction: writeDirection(way) }),
  describe: ({ rate, rtoMs, direction: way }) => {
    const rtoText = writeRto(rtoMs);
    const percent = Number((rate * 100).toPrecision(12));
    return wordsOf(`loss ${percent}%`, rtoText && `rto ${rtoText}`, writeDirection(way));
  },
};
