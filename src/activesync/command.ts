import type { FolderSyncRequest, FolderSyncResponse } from "./folder-sync.ts";
import type { PingRequest, PingResponse } from "./ping.ts";
import type { ProvisionRequest, ProvisionResponse } from "./provision.ts";
import type { SyncRequest, SyncResponse } from "./sync.ts";

/** A command a device of ours gives, with its body as a value. */
export type CommandRequest =
  | { readonly command: "OPTIONS" }
  | { readonly command: "Provision"; readonly body: ProvisionRequest }
  | { readonly command: "FolderSync"; readonly body: FolderSyncRequest }
  | { readonly command: "Sync"; readonly body: SyncRequest }
  | { readonly command: "Ping"; readonly body: PingRequest };

/** What a command is answered: the HTTP status and, with 200, the body as a value. */
export type CommandAnswer =
  | { readonly command: "OPTIONS"; readonly httpStatus: number }
  | { readonly command: "Provision"; readonly httpStatus: number; readonly body?: ProvisionResponse }
  | { readonly command: "FolderSync"; readonly httpStatus: number; readonly body?: FolderSyncResponse }
  /** A Sync answered 200 without a body found nothing changed. */
  | { readonly command: "Sync"; readonly httpStatus: number; readonly body?: SyncResponse }
  | { readonly command: "Ping"; readonly httpStatus: number; readonly body?: PingResponse };
