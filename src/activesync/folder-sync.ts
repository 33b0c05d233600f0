import { PAGE } from "./code-pages.ts";
import { readRoot } from "./element-reader.ts";
import type { ElementReader } from "./element-reader.ts";
import { PageWriter } from "./page-writer.ts";
import { encodeWbxml } from "./wbxml-writer.ts";
import type { WbxmlElement } from "./wbxml.ts";

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

/**
 * Reads the body of a FolderSync request.
 * Source: MS-ASCMD 2.2.1.5.
 * @throws ProtocolError (E_PROTOCOL) for any other bytes, none at all among them.
 */
export function decodeFolderSyncRequest(bytes: Uint8Array): FolderSyncRequest {
  return { syncKey: readRoot(bytes, PAGE.folderHierarchy, "FolderSync").need("SyncKey").text() };
}

/** Writes the body of a FolderSync request. */
export function encodeFolderSyncRequest(request: FolderSyncRequest): Uint8Array {
  return encodeWbxml(page.element("FolderSync", page.field("SyncKey", request.syncKey)));
}

/**
 * Reads the body of a FolderSync response, elements in any order; folders changed or deleted are passed over.
 * Source: MS-ASCMD 2.2.1.5.
 * @throws ProtocolError (E_PROTOCOL) for any other bytes, none at all among them.
 */
export function decodeFolderSyncResponse(bytes: Uint8Array): FolderSyncResponse {
  const root = readRoot(bytes, PAGE.folderHierarchy, "FolderSync");
  return {
    status: root.need("Status").count(),
    ...root.optional("SyncKey", (key) => ({ syncKey: key.text() })),
    added: root.find("Changes")?.all("Add").map(readFolder) ?? [],
  };
}

/** Writes the body of a FolderSync response; with a key it says how many changes there are, also when there are none. */
export function encodeFolderSyncResponse(response: FolderSyncResponse): Uint8Array {
  const { status, syncKey, added } = response;
  const changes = [...page.field("Count", added.length), ...added.map(addCommand)];
  const content = [
    ...page.field("Status", status),
    ...page.field("SyncKey", syncKey),
    ...page.optional("Changes", syncKey === undefined && added.length === 0 ? undefined : changes),
  ];
  return encodeWbxml(page.element("FolderSync", content));
}

const page = new PageWriter(PAGE.folderHierarchy);

function readFolder(add: ElementReader): Folder {
  return {
    serverId: add.need("ServerId").text(),
    parentId: add.need("ParentId").text(),
    displayName: add.need("DisplayName").text(),
    type: add.need("Type").count(),
  };
}

function addCommand(folder: Folder): WbxmlElement {
  return page.element("Add", [
    ...page.field("ServerId", folder.serverId),
    ...page.field("ParentId", folder.parentId),
    ...page.field("DisplayName", folder.displayName),
    ...page.field("Type", folder.type),
  ]);
}
