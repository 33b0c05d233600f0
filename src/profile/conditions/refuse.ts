import { z } from "zod";
import type { RefuseSettings } from "../../path/conditions/refuse.ts";
import { closed } from "../closed.ts";
import type { ConditionFormat } from "./format.ts";
import { narrowed, NARROWING } from "./narrowing.ts";

/** A refusal as a profile writes it. */
export const refuseSchema = closed({ type: z.literal("refuse"), ...NARROWING }).transform((written) =>
  narrowed(written, { type: written.type }),
);

/** How a refusal is written. */
export const refuseFormat: ConditionFormat<RefuseSettings> = { write: () => ({}), describe: () => "refuse" };
