import type { Millis } from "../../core/machine.ts";
import { LONGEST_RTO_MS } from "../../path/retransmission.ts";
import { formatDuration } from "../durations.ts";
import { duration } from "./duration.ts";

/** How long a sender waits before it sends again, in ms, unless a profile says otherwise: 200 ms (Linux, TCP_RTO_MIN). */
const RTO_MS: Millis = 200;

/** The first retransmission time-out as a profile writes it. */
export const rto = duration(1, LONGEST_RTO_MS)
  .optional()
  .transform((ms) => ms ?? RTO_MS)
  .describe("How long a sender waits before it sends again, twice as long each time; 200ms when left out");

/** A first retransmission time-out as a profile writes it: what would be so anyway is left out. */
export function writeRto(rtoMs: Millis): string | undefined {
  return rtoMs === RTO_MS ? undefined : formatDuration(rtoMs);
}
