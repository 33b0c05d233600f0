import type { PingFolder, PingRequest, PingResponse } from "../activesync/ping.ts";
import { nearestLimit, type WaitingLimits } from "./waiting-limits.ts";

/** What the server keeps of a device's last Ping that was in order. */
export interface KeptPing {
  readonly heartbeatIntervalSeconds: number;
  readonly folders: readonly PingFolder[];
}

/** A Ping completed from what the server keeps, or the answer that refuses it. */
type PingCheck =
  | { readonly kind: "complete"; readonly ping: KeptPing }
  | { readonly kind: "refused"; readonly answer: PingResponse };

/**
 * Completes a Ping from what the server keeps and checks it: Status 4, then 3, 5, 6 and 7.
 * Source: MS-ASCMD, Ping; which of several faults is told first is chosen here [inference].
 */
export function checkPing(
  body: PingRequest,
  kept: KeptPing | undefined,
  limits: WaitingLimits,
  knows: (folderId: string) => boolean,
): PingCheck {
  const heartbeatIntervalSeconds = body.heartbeatIntervalSeconds ?? kept?.heartbeatIntervalSeconds;
  const folders = body.folders ?? kept?.folders;
  if (folders?.length === 0) return refused({ status: 4 });
  if (heartbeatIntervalSeconds === undefined || folders === undefined) return refused({ status: 3 });
  if (!Number.isInteger(heartbeatIntervalSeconds)) return refused({ status: 4 });
  const limit = nearestLimit(heartbeatIntervalSeconds, limits.minimumSeconds, limits.maximumSeconds);
  if (limit !== undefined) return refused({ status: 5, heartbeatIntervalSeconds: limit });
  if (folders.length > limits.maxFolders) return refused({ status: 6, maxFolders: limits.maxFolders });
  if (!folders.every(({ id }) => knows(id))) return refused({ status: 7 });
  return { kind: "complete", ping: { heartbeatIntervalSeconds, folders } };
}

function refused(answer: PingResponse): PingCheck {
  return { kind: "refused", answer };
}
