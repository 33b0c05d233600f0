import type { Direction } from "./segment.ts";

/** Which way a condition acts. */
export type ActsOn = "both" | Direction;

/** Whether a condition that acts so concerns segments of a direction. */
export function actsOn(choice: ActsOn, direction: Direction): boolean {
  return choice === "both" || choice === direction;
}
