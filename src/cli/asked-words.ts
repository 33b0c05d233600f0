import { minutes } from "../report/ladder.ts";

/** A request that may wait, with how long it is to: `Ping 12 min`. */
export function askedWords({
  command,
  heartbeatIntervalSeconds: seconds,
}: {
  readonly command: string;
  readonly heartbeatIntervalSeconds?: number | undefined;
}): string {
  return seconds === undefined ? command : `${command} ${minutes(seconds)}`;
}
