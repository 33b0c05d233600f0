import type { SyncRequest, SyncRequestCollection, SyncResponse } from "../activesync/sync.ts";
import { nearestLimit, type WaitingLimits } from "./waiting-limits.ts";

/** A Sync that names its collections. */
export interface WholeSync extends SyncRequest {
  readonly collections: readonly SyncRequestCollection[];
}

/** What the server keeps of a device's last Sync that was in order. */
export interface KeptSync {
  readonly body: WholeSync;
  /** The answer was empty, so an empty request may repeat it. */
  readonly repeatable: boolean;
}

/** A Sync completed from what the server keeps, or the answer that refuses it. */
type SyncCheck =
  | {
      readonly kind: "complete";
      readonly body: WholeSync;
      /** How long it asks to be held; 0 for not at all. */
      readonly waitSeconds: number;
      /** The nearest value that the server takes, when it does the Sync but will not wait as asked (Status 14). */
      readonly waitLimit: number | undefined;
    }
  | { readonly kind: "refused"; readonly answer: SyncResponse };

/**
 * Completes a Sync from what the server keeps and checks it: Status 13, then 4 and 15; a wait out of range only costs
 * the wait.
 * Source: MS-ASCMD, Sync; which of several faults is told first is chosen here [inference].
 */
export function checkSync(request: SyncRequest, kept: KeptSync | undefined, limits: WaitingLimits): SyncCheck {
  if (request.partial === true) return kept ? checkWhole(merge(kept.body, request), limits) : refused(13);
  if (isEmpty(request)) return kept?.repeatable === true ? checkWhole(kept.body, limits) : refused(13);
  const { collections } = request;
  return collections === undefined ? refused(4) : checkWhole({ ...request, collections }, limits);
}

function isEmpty(request: SyncRequest): boolean {
  return Object.values(request).every((value) => value === undefined);
}

function checkWhole(body: WholeSync, limits: WaitingLimits): SyncCheck {
  const waits = [body.waitMinutes, body.heartbeatIntervalSeconds].filter((value) => value !== undefined);
  if (body.collections.length === 0 || waits.length > 1 || !waits.every(Number.isInteger)) return refused(4);
  if (body.collections.length > limits.maxFolders) return refused(15, limits.maxFolders);
  return { kind: "complete", body, ...waitOf(body, limits) };
}

/** A partial request replaces what it names, and its wait the old one in whichever unit; old commands were done. */
function merge(kept: WholeSync, changes: SyncRequest): WholeSync {
  const old = kept.collections.map((collection) => ({ ...collection, commandCount: 0 }));
  const collections = new Map(old.map((collection) => [collection.collectionId, collection]));
  for (const collection of changes.collections ?? []) collections.set(collection.collectionId, collection);
  const { waitMinutes: _minutes, heartbeatIntervalSeconds: _seconds, ...withoutWait } = kept;
  const waits = changes.waitMinutes !== undefined || changes.heartbeatIntervalSeconds !== undefined;
  return { ...(waits ? withoutWait : kept), ...changes, collections: [...collections.values()] };
}

/** `Wait` can be no less than a minute, whatever the limits are. */
function waitOf(
  { waitMinutes, heartbeatIntervalSeconds }: WholeSync,
  { minimumSeconds, maximumSeconds }: WaitingLimits,
): { waitSeconds: number; waitLimit: number | undefined } {
  if (waitMinutes !== undefined) {
    const most = Math.max(1, Math.floor(maximumSeconds / 60));
    const least = Math.min(Math.ceil(minimumSeconds / 60), most);
    return { waitSeconds: waitMinutes * 60, waitLimit: nearestLimit(waitMinutes, least, most) };
  }
  if (heartbeatIntervalSeconds === undefined) return { waitSeconds: 0, waitLimit: undefined };
  const limit = nearestLimit(heartbeatIntervalSeconds, minimumSeconds, maximumSeconds);
  return { waitSeconds: heartbeatIntervalSeconds, waitLimit: limit };
}

function refused(status: number, limit?: number): SyncCheck {
  return { kind: "refused", answer: { status, collections: [], ...(limit === undefined ? {} : { limit }) } };
}
