import { z } from "zod";
import type { ActsOn } from "../../path/acts-on.ts";

/** Which way a condition acts, as a profile writes it; both when left out. */
export const direction = z
  .enum(["both", "toServer", "toDevice"])
  .optional()
  .transform((choice): ActsOn => choice ?? "both")
  .describe("Which way it acts; both when left out");

/** A direction as a profile and a table write it: what would be so anyway is left out. */
export function writeDirection(choice: ActsOn): ActsOn | undefined {
  return choice === "both" ? undefined : choice;
}
