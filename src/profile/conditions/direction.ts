import { z } from "zod";
import type { ActsOn } from "../../path/acts-on.ts";

/** Which way a condition acts, as a profile writes it. */
export const direction = z
  .enum(["both", "toServer", "toDevice"])
  .optional()
  .describe("Which way it acts; both when left out");

/** A direction as a profile writes it: what would be so anyway is left out. */
export function writeDirection(choice: ActsOn): ActsOn | undefined {
  return choice === "both" ? undefined : choice;
}

/** A direction in a word, for tables, with a space before it; empty for both. */
export function describeDirection(choice: ActsOn): string {
  return choice === "both" ? "" : ` ${choice}`;
}
