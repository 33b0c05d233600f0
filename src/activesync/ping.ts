/** A folder a device wants to hear of. */
export interface PingFolder {
  /** Server id of the folder, up to 64 characters. */
  readonly id: string;
  /** Email, Calendar, Contacts, Tasks or Notes. */
  readonly class: string;
}

/** What a Ping asks; both fields absent is the empty body, for which the server uses what it remembers. */
export interface PingRequest {
  readonly heartbeatIntervalSeconds?: number;
  readonly folders?: readonly PingFolder[];
}

/** What a Ping is answered. */
export interface PingResponse {
  /** 1 interval over, 2 changes, 3 parameters missing, 4 syntax, 5 interval, 6 folders, 7 hierarchy, 8 server error. */
  readonly status: number;
  /** Ids of the folders with changes, with Status 2. */
  readonly folders?: readonly string[];
  /** The most folders the server takes, with Status 6. */
  readonly maxFolders?: number;
  /** The nearest interval the server takes, with Status 5. */
  readonly heartbeatIntervalSeconds?: number;
}
