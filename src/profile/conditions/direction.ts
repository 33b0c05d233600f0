import { z } from "zod";
import type { ActsOn } from "../../path/acts-on.ts";

/** Which way a condition acts, as a profile writes it. */
export const direction = z
  .enum(["both", "toServer", "toDevice"])
  .optional()
  .describe("Which way it acts; both when left out");

/** A direction as a profile and a table write it: what would be so anyway is left out. */
export function writeDirection(choice: ActsOn): ActsOn | undefined {
  return choice === "both" ? undefined : choice;
}
