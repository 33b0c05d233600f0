import {
  decodeFolderSyncRequest,
  decodeFolderSyncResponse,
  encodeFolderSyncRequest,
  encodeFolderSyncResponse,
} from "./folder-sync.ts";
import type { FolderSyncRequest, FolderSyncResponse } from "./folder-sync.ts";
import { decodePingRequest, decodePingResponse, encodePingRequest, encodePingResponse } from "./ping.ts";
import type { PingRequest, PingResponse } from "./ping.ts";
import {
  decodeProvisionRequest,
  decodeProvisionResponse,
  encodeProvisionRequest,
  encodeProvisionResponse,
} from "./provision.ts";
import type { ProvisionRequest, ProvisionResponse } from "./provision.ts";
import { decodeSyncRequest, decodeSyncResponse, encodeSyncRequest, encodeSyncResponse } from "./sync.ts";
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

/** A command that can be given with a body here, or with none (`OPTIONS`, which is an HTTP method). */
export type CommandName = CommandRequest["command"];

/**
 * The codes of commands in the base64 query.
 * Source: MS-ASHTTP 2.2.1.1.1.1, command codes. The code of Find (16.1) is not known for sure, and left out.
 */
export const COMMAND_CODES = {
  Sync: 0,
  SendMail: 1,
  SmartForward: 2,
  SmartReply: 3,
  GetAttachment: 4,
  FolderSync: 9,
  FolderCreate: 10,
  FolderDelete: 11,
  FolderUpdate: 12,
  MoveItems: 13,
  GetItemEstimate: 14,
  MeetingResponse: 15,
  Search: 16,
  Settings: 17,
  Ping: 18,
  ItemOperations: 19,
  Provision: 20,
  ResolveRecipients: 21,
  ValidateCert: 22,
} as const satisfies Readonly<Record<string, number>>;

/**
 * Every command by its name: those with a code, those of protocol 2.5 that Exchange still announces, and Find.
 * Source: the answer of Exchange 2010 to OPTIONS; MS-ASHTTP 2.2.1.1.1.1; MS-ASCMD (Find).
 */
export const COMMAND_NAMES: readonly string[] = [
  ...Object.keys(COMMAND_CODES),
  "GetHierarchy",
  "CreateCollection",
  "DeleteCollection",
  "MoveCollection",
  "Find",
];

/** Writes the body of a command as a device sends it; no bytes for `OPTIONS` and for an empty Sync or Ping. */
export function encodeCommandBody(request: CommandRequest): Uint8Array {
  if (request.command === "OPTIONS") return new Uint8Array();
  if (request.command === "Provision") return encodeProvisionRequest(request.body);
  if (request.command === "FolderSync") return encodeFolderSyncRequest(request.body);
  return request.command === "Sync" ? encodeSyncRequest(request.body) : encodePingRequest(request.body);
}

/**
 * Reads the body of a command; that of `OPTIONS` is passed over.
 * @throws ProtocolError (E_PROTOCOL) for bytes that are no body of that command.
 */
export function decodeCommandBody(command: CommandName, bytes: Uint8Array): CommandRequest {
  if (command === "OPTIONS") return { command };
  if (command === "Provision") return { command, body: decodeProvisionRequest(bytes) };
  if (command === "FolderSync") return { command, body: decodeFolderSyncRequest(bytes) };
  if (command === "Sync") return { command, body: decodeSyncRequest(bytes) };
  return { command, body: decodePingRequest(bytes) };
}

/** Writes the body of an answer; no bytes where it has no body as a value. */
export function encodeAnswerBody(answer: CommandAnswer): Uint8Array {
  if (answer.command === "OPTIONS" || answer.body === undefined) return new Uint8Array();
  if (answer.command === "Provision") return encodeProvisionResponse(answer.body);
  if (answer.command === "FolderSync") return encodeFolderSyncResponse(answer.body);
  return answer.command === "Sync" ? encodeSyncResponse(answer.body) : encodePingResponse(answer.body);
}

/**
 * Reads the body of an answer. With any HTTP status but 200 it is not ActiveSync's and passed over; without bytes there
 * is no body, which only a Sync (nothing changed) or a Ping may mean, as the device judges.
 * @throws ProtocolError (E_PROTOCOL) for bytes that are no answer to that command.
 */
export function decodeAnswerBody(command: CommandName, httpStatus: number, bytes: Uint8Array): CommandAnswer {
  if (command === "OPTIONS" || httpStatus !== 200 || bytes.length === 0) return { command, httpStatus };
  if (command === "Provision") return { command, httpStatus, body: decodeProvisionResponse(bytes) };
  if (command === "FolderSync") return { command, httpStatus, body: decodeFolderSyncResponse(bytes) };
  if (command === "Sync") return { command, httpStatus, body: decodeSyncResponse(bytes) };
  return { command, httpStatus, body: decodePingResponse(bytes) };
}
