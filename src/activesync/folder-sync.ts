/** What a FolderSync asks. */
export interface FolderSyncRequest {
  /** `"0"` starts anew. */
  readonly syncKey: string;
}

/** A folder of a mailbox. */
export interface Folder {
  readonly serverId: string;
  /** `"0"` for a folder at the top. */
  readonly parentId: string;
  readonly displayName: string;
  /** 2 is the inbox, 8 the calendar, 9 the contacts. */
  readonly type: number;
}

/** What a FolderSync is answered. */
export interface FolderSyncResponse {
  /** 1 is success. */
  readonly status: number;
  readonly syncKey?: string;
  readonly added: readonly Folder[];
}
