/** One collection of a Sync request. */
export interface SyncRequestCollection {
  readonly collectionId: string;
  /** `"0"` starts anew. */
  readonly syncKey: string;
  readonly class?: string;
  readonly getChanges?: boolean;
  readonly windowSize?: number;
  /** How many changes of its own (Add, Change, Delete, Fetch) the device sends; above 0 the server must not wait. */
  readonly commandCount: number;
}

/** What a Sync asks; an empty body (`{}`) repeats the stored request. */
export interface SyncRequest {
  readonly collections?: readonly SyncRequestCollection[];
  /** Minutes to wait for changes, 1 to 59; protocol 12.1 and later. */
  readonly waitMinutes?: number;
  /** Seconds to wait for changes, 60 to 3540; protocol 14.0 and later. */
  readonly heartbeatIntervalSeconds?: number;
  readonly windowSize?: number;
  /** The request names only what differs from the stored one. */
  readonly partial?: boolean;
}

/** One item that a Sync brings. */
export interface SyncItem {
  readonly serverId: string;
  readonly subject: string;
}

/** One collection of a Sync response. */
export interface SyncResponseCollection {
  readonly collectionId: string;
  readonly syncKey: string;
  readonly status: number;
  readonly added: readonly SyncItem[];
  readonly moreAvailable: boolean;
  /** How many changes of any kind the server sends, `added` among them. */
  readonly commandCount: number;
}

/** What a Sync is answered; the empty body (nothing changed) is `undefined` where one is expected. */
export interface SyncResponse {
  /** The status of the whole request, when it is not that of one collection. */
  readonly status?: number;
  /** The nearest value the server takes, with Status 14 (Wait or HeartbeatInterval) and 15 (collections). */
  readonly limit?: number;
  readonly collections: readonly SyncResponseCollection[];
}
