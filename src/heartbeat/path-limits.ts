import type { Millis } from "../core/machine.ts";
import type { ProbeRole } from "./path-events.ts";
import type { SearchSettings } from "./path-rungs.ts";

/** Flows that are opened beside the silent ones. */
export const OTHER_ROLES: readonly ProbeRole[] = ["mute", "toServer", "toDevice", "keepalive"];

/** After so many failures and nothing else it is asked whether the number of flows is to blame. */
export const ENOUGH_DEAD = 4;

/** After so many questions without an answer, on connections of their own, the server is gone. */
export const ENOUGH_UNASKED = 3;

/** So many flows are tried again in a search, so that it ends on a path that goes on losing them. */
export const MOST_AGAIN = 10;

/** After so many rounds a bracket that is wider than asked is told as it is: the clock or the network is too coarse. */
export const MOST_ROUNDS = 12;

/** How many more are asked where results vary. */
export const FURTHER_CONTROLS = 3;

/** How many precisions a time-out may vary by to be called one. */
export const SPREAD_PRECISIONS = 5;

/** An HTTP answer that comes sooner says nothing of silence: it refuses. */
export function refusalMs({ graceMs, fromMs }: SearchSettings): Millis {
  return Math.min(graceMs, fromMs) / 5;
}

/** In this time after an opening a path has told what that did. */
export function momentMs({ graceMs }: SearchSettings): Millis {
  return graceMs / 2;
}

/** How far results that contradict each other may lie apart to be waited for, as those of a time-out that varies. */
export function spreadMs({ precisionMs, graceMs }: SearchSettings): Millis {
  return Math.min(SPREAD_PRECISIONS * precisionMs, 2 * graceMs);
}
