import { PAGE } from "./code-pages.ts";
import { readRoot } from "./element-reader.ts";
import type { ElementReader } from "./element-reader.ts";
import { PageWriter } from "./page-writer.ts";
import { DEFAULT_WBXML_LIMITS } from "./wbxml-reader.ts";
import { encodeWbxml } from "./wbxml-writer.ts";
import type { WbxmlElement } from "./wbxml.ts";

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

/**
 * Reads the body of a Sync request, elements in any order, `Class` of the 2.5 layout among them; no bytes give `{}`.
 * Waiting times may be any whole numbers of 32 bits: whether they are in range is the server's word (Status 14).
 * Source: MS-ASCMD 2.2.1.21.
 * @throws ProtocolError (E_PROTOCOL) for any other bytes, a Sync that asks nothing among them: a server answers each of
 * these with Status 4.
 */
export function decodeSyncRequest(bytes: Uint8Array): SyncRequest {
  if (bytes.length === 0) return {};
  const root = readRoot(bytes, PAGE.airSync, "Sync");
  const request: SyncRequest = {
    ...root.optional("Collections", (list) => ({ collections: list.all("Collection").map(readRequestCollection) })),
    ...root.optional("Wait", (wait) => ({ waitMinutes: wait.integer() })),
    ...root.optional("HeartbeatInterval", (interval) => ({ heartbeatIntervalSeconds: interval.integer() })),
    ...root.optional("WindowSize", (size) => ({ windowSize: size.count() })),
    ...root.optional("Partial", (partial) => ({ partial: partial.flag() })),
  };
  if (Object.keys(request).length === 0) throw root.fault("without anything asked");
  return request;
}

/**
 * Writes the body of a Sync request; `{}` gives no bytes. A collection with a class is laid out as in 2.5, the class
 * first. Of the device's own changes only their number is known: as many Fetch commands stand for them.
 */
export function encodeSyncRequest(request: SyncRequest): Uint8Array {
  const content = [
    ...page.optional("Collections", request.collections?.map(requestCollection)),
    ...page.field("Wait", request.waitMinutes),
    ...page.field("HeartbeatInterval", request.heartbeatIntervalSeconds),
    ...page.field("WindowSize", request.windowSize),
    ...flag("Partial", request.partial),
  ];
  return content.length === 0 ? new Uint8Array() : encodeWbxml(page.element("Sync", content));
}

/**
 * Reads the body of a Sync response, elements in any order. An item without a subject on the Email page, a contact say,
 * has the subject `""`.
 * Source: MS-ASCMD 2.2.1.21.
 * @throws ProtocolError (E_PROTOCOL) for any other bytes, none at all among them: whether an empty body may stand there
 * (nothing changed) is known only beside the HTTP status.
 */
export function decodeSyncResponse(bytes: Uint8Array): SyncResponse {
  const root = readRoot(bytes, PAGE.airSync, "Sync");
  return {
    ...root.optional("Status", (status) => ({ status: status.count() })),
    ...root.optional("Limit", (limit) => ({ limit: limit.count() })),
    collections: root.find("Collections")?.all("Collection").map(readResponseCollection) ?? [],
  };
}

/**
 * Writes the body of a Sync response. Of changes that are not `added` only their number is known: as many deletions of
 * items that no device has stand for them.
 * @throws RangeError for a `commandCount` below the number of items added.
 */
export function encodeSyncResponse(response: SyncResponse): Uint8Array {
  const collections = response.collections.length === 0 ? undefined : response.collections.map(responseCollection);
  const content = [
    ...page.field("Status", response.status),
    ...page.field("Limit", response.limit),
    ...page.optional("Collections", collections),
  ];
  return encodeWbxml(page.element("Sync", content));
}

const page = new PageWriter(PAGE.airSync);
const emailPage = new PageWriter(PAGE.email);

function readRequestCollection(collection: ElementReader): SyncRequestCollection {
  return {
    ...collection.optional("Class", (name) => ({ class: name.text() })),
    syncKey: collection.need("SyncKey").text(),
    collectionId: collection.need("CollectionId").text(),
    ...collection.optional("GetChanges", (asked) => ({ getChanges: asked.flag() })),
    ...collection.optional("WindowSize", (size) => ({ windowSize: size.count() })),
    commandCount: collection.find("Commands")?.countElements() ?? 0,
  };
}

/** Source of the order: MS-ASCMD 2.2.1.21; 2.5 and 12.0 have `Class` first, later versions leave it out. */
function requestCollection(collection: SyncRequestCollection): WbxmlElement {
  return page.element("Collection", [
    ...page.field("Class", collection.class),
    ...page.field("SyncKey", collection.syncKey),
    ...page.field("CollectionId", collection.collectionId),
    ...flag("GetChanges", collection.getChanges),
    ...page.field("WindowSize", collection.windowSize),
    ...commands(unnamedCommands("Fetch", collection.commandCount)),
  ]);
}

function readResponseCollection(collection: ElementReader): SyncResponseCollection {
  const given = collection.find("Commands");
  return {
    syncKey: collection.need("SyncKey").text(),
    collectionId: collection.need("CollectionId").text(),
    status: collection.need("Status").count(),
    moreAvailable: collection.find("MoreAvailable")?.flag() ?? false,
    added: given?.all("Add").map(readItem) ?? [],
    commandCount: given?.countElements() ?? 0,
  };
}

function responseCollection(collection: SyncResponseCollection): WbxmlElement {
  const others = collection.commandCount - collection.added.length;
  return page.element("Collection", [
    ...page.field("SyncKey", collection.syncKey),
    ...page.field("CollectionId", collection.collectionId),
    ...page.field("Status", collection.status),
    ...(collection.moreAvailable ? [page.element("MoreAvailable")] : []),
    ...commands([...collection.added.map(addCommand), ...unnamedCommands("Delete", others)]),
  ]);
}

function readItem(add: ElementReader): SyncItem {
  const subject = add.find("ApplicationData")?.find("Subject", PAGE.email);
  return { serverId: add.need("ServerId").text(), subject: subject?.text() ?? "" };
}

function addCommand(item: SyncItem): WbxmlElement {
  const data = page.element("ApplicationData", emailPage.field("Subject", item.subject));
  return page.element("Add", [...page.field("ServerId", item.serverId), data]);
}

function commands(list: readonly WbxmlElement[]): readonly WbxmlElement[] {
  return page.optional("Commands", list.length === 0 ? undefined : list);
}

function unnamedCommands(name: string, count: number): readonly WbxmlElement[] {
  return Array.from({ length: checkedCount(count) }, (_, index) =>
    page.element(name, page.field("ServerId", `unnamed:${index + 1}`)),
  );
}

/** Only a bug can ask for less than no commands, or for more than a body can hold. */
function checkedCount(count: number): number {
  if (Number.isInteger(count) && count >= 0 && count <= DEFAULT_WBXML_LIMITS.nodes) return count;
  throw new RangeError(`a collection has 0 to ${DEFAULT_WBXML_LIMITS.nodes} commands, and no fewer than items added`);
}

/** True is the empty element, as devices send it. */
function flag(name: string, value: boolean | undefined): readonly WbxmlElement[] {
  return value === true ? [page.element(name)] : page.field(name, value === false ? 0 : undefined);
}
