import { PAGE } from "./code-pages.ts";
import { readRoot } from "./element-reader.ts";
import { PageWriter } from "./page-writer.ts";
import { encodeWbxml } from "./wbxml-writer.ts";

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

/**
 * Reads the body of a Ping request, elements in any order; no bytes give `{}`. An interval may be any whole number of
 * 32 bits and the folders may be none: whether that will do is the server's word (Status 3 to 6).
 * Source: MS-ASCMD 2.2.1.13.
 * @throws ProtocolError (E_PROTOCOL) for any other bytes, a Ping with neither element among them: a server answers each
 * of these with Status 4.
 */
export function decodePingRequest(bytes: Uint8Array): PingRequest {
  if (bytes.length === 0) return {};
  const root = readRoot(bytes, PAGE.ping, "Ping");
  const request: PingRequest = {
    ...root.optional("HeartbeatInterval", (interval) => ({ heartbeatIntervalSeconds: interval.integer() })),
    ...root.optional("Folders", (folders) => ({
      folders: folders
        .all("Folder")
        .map((folder) => ({ id: folder.need("Id").text(), class: folder.need("Class").text() })),
    })),
  };
  if (Object.keys(request).length === 0) throw root.fault("with neither HeartbeatInterval nor Folders");
  return request;
}

/** Writes the body of a Ping request; `{}` gives no bytes. */
export function encodePingRequest(request: PingRequest): Uint8Array {
  const folders = request.folders?.map((folder) =>
    page.element("Folder", [...page.field("Id", folder.id), ...page.field("Class", folder.class)]),
  );
  const content = [
    ...page.field("HeartbeatInterval", request.heartbeatIntervalSeconds),
    ...page.optional("Folders", folders),
  ];
  return content.length === 0 ? new Uint8Array() : encodeWbxml(page.element("Ping", content));
}

/**
 * Reads the body of a Ping response, elements in any order.
 * Source: MS-ASCMD 2.2.1.13.
 * @throws ProtocolError (E_PROTOCOL) for any other bytes, none at all among them.
 */
export function decodePingResponse(bytes: Uint8Array): PingResponse {
  const root = readRoot(bytes, PAGE.ping, "Ping");
  return {
    status: root.need("Status").count(),
    ...root.optional("Folders", (folders) => ({ folders: folders.all("Folder").map((folder) => folder.text()) })),
    ...root.optional("MaxFolders", (maximum) => ({ maxFolders: maximum.count() })),
    ...root.optional("HeartbeatInterval", (interval) => ({ heartbeatIntervalSeconds: interval.integer() })),
  };
}

/** Writes the body of a Ping response. */
export function encodePingResponse(response: PingResponse): Uint8Array {
  const folders = response.folders?.flatMap((id) => page.field("Folder", id));
  const content = [
    ...page.field("Status", response.status),
    ...page.optional("Folders", folders),
    ...page.field("MaxFolders", response.maxFolders),
    ...page.field("HeartbeatInterval", response.heartbeatIntervalSeconds),
  ];
  return encodeWbxml(page.element("Ping", content));
}

const page = new PageWriter(PAGE.ping);
