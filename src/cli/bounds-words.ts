import type { BoundsResource } from "../control/api/types.ts";
import { minutes } from "../report/ladder.ts";

/** A bracket as people read it: `wall, 6 min < time-out <= 7 min 20 s, 99.9 % sure`. */
export function boundsWords(bracket: Omit<BoundsResource, "network" | `${string}Count` | "lastSeenAt">): string {
  const { state, longestHeldSeconds: held, shortestFailedSeconds: failed, confidence } = bracket;
  const above = held === undefined ? "" : `${minutes(held)} < `;
  const below = failed === undefined ? "" : ` <= ${minutes(failed)}`;
  const sure = failed === undefined ? "" : `, ${percent(confidence)} sure`;
  return `${state}, ${above}time-out${below}${sure}`;
}

/** A share of one as a percentage, to a tenth and never rounded up: `99.9 %`. */
export function percent(share: number): string {
  return `${Math.floor(share * 1000 + ROUNDING) / 10} %`;
}

/** What a share that is written with four places may lack to a tenth of a percent. */
const ROUNDING = 1e-6;
