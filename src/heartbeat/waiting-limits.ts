import { HEARTBEAT_INTERVAL_SECONDS } from "../activesync/constants.ts";

/** What a Client Access server takes of requests that wait. */
export interface WaitingLimits {
  /** The shortest interval, in s; default 60 (MS-ASCMD, HeartbeatInterval, product notes). */
  readonly minimumSeconds: number;
  /** The longest interval, in s; default 3540 (MS-ASCMD, HeartbeatInterval, product notes). */
  readonly maximumSeconds: number;
  /** The most folders or collections of one request; default 200, chosen here: the real default is not known. */
  readonly maxFolders: number;
}

/** The limits of Microsoft's servers. */
export const DEFAULT_WAITING_LIMITS: WaitingLimits = {
  minimumSeconds: HEARTBEAT_INTERVAL_SECONDS.minimum,
  maximumSeconds: HEARTBEAT_INTERVAL_SECONDS.maximum,
  maxFolders: 200,
};

/** The value of the range nearest to `value`, `undefined` when it is in the range itself. */
export function nearestLimit(value: number, least: number, most: number): number | undefined {
  if (value < least) return least;
  return value > most ? most : undefined;
}
