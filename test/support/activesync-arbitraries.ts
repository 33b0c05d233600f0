import * as fc from "fast-check";
import type { CommandAnswer, CommandRequest } from "../../src/activesync/command.ts";
import { COMMAND_CODES, COMMAND_NAMES } from "../../src/activesync/command.ts";
import type { FolderSyncRequest, FolderSyncResponse } from "../../src/activesync/folder-sync.ts";
import type { PingRequest, PingResponse } from "../../src/activesync/ping.ts";
import type { ProvisionRequest, ProvisionResponse } from "../../src/activesync/provision.ts";
import type { Base64Query } from "../../src/activesync/query-base64.ts";
import type { PlainQuery } from "../../src/activesync/query-plain.ts";
import type { SyncRequest, SyncResponse } from "../../src/activesync/sync.ts";
import { elementOf } from "../../src/activesync/wbxml.ts";
import type { WbxmlContent, WbxmlElement } from "../../src/activesync/wbxml.ts";

/** Any text that WBXML can carry, a byte order mark and the highest planes among it. */
const text = fc.string({ unit: "binary", maxLength: 12 }).map((any) => any.replaceAll("\0", ""));
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const count = fc.nat(2 ** 31 - 1);

/** Trees of any tag, known or not. */
export const tree: fc.Arbitrary<WbxmlElement> = fc.letrec<{ element: WbxmlElement; content: WbxmlContent }>((tie) => ({
  element: fc
    .tuple(
      fc.oneof(fc.nat(25), fc.nat(255)),
      fc.integer({ min: 5, max: 63 }),
      fc.array(tie("content"), { maxLength: 4, depthIdentifier: "tree" }),
    )
    .map(([page, token, content]) => elementOf(page, token, content)),
  content: fc.oneof(
    { depthSize: "medium", depthIdentifier: "tree", maxDepth: 30 },
    text,
    fc.uint8Array({ maxLength: 200 }),
    tie("element"),
  ),
})).element;

export const pingRequest: fc.Arbitrary<PingRequest> = fc.record(
  { heartbeatIntervalSeconds: int, folders: fc.array(fc.record({ id: text, class: text }), { maxLength: 4 }) },
  { requiredKeys: [], noNullPrototype: true },
);

export const pingResponse: fc.Arbitrary<PingResponse> = fc.record(
  { status: count, folders: fc.array(text, { maxLength: 4 }), maxFolders: count, heartbeatIntervalSeconds: int },
  { requiredKeys: ["status"], noNullPrototype: true },
);

const requestCollection = fc.record(
  {
    collectionId: text,
    syncKey: text,
    commandCount: fc.nat(5),
    class: text,
    getChanges: fc.boolean(),
    windowSize: count,
  },
  { requiredKeys: ["collectionId", "syncKey", "commandCount"], noNullPrototype: true },
);

export const syncRequest: fc.Arbitrary<SyncRequest> = fc.record(
  {
    collections: fc.array(requestCollection, { maxLength: 3 }),
    waitMinutes: int,
    heartbeatIntervalSeconds: int,
    windowSize: count,
    partial: fc.boolean(),
  },
  { requiredKeys: [], noNullPrototype: true },
);

const responseCollection = fc
  .tuple(
    fc.record({ collectionId: text, syncKey: text, status: count, moreAvailable: fc.boolean() }),
    fc.array(fc.record({ serverId: text, subject: text }), { maxLength: 3 }),
    fc.nat(3),
  )
  .map(([fields, added, others]) => Object.assign(fields, { added, commandCount: added.length + others }));

export const syncResponse: fc.Arbitrary<SyncResponse> = fc.record(
  { collections: fc.array(responseCollection, { maxLength: 3 }), status: count, limit: count },
  { requiredKeys: ["collections"], noNullPrototype: true },
);

export const folderSyncRequest: fc.Arbitrary<FolderSyncRequest> = fc.record({ syncKey: text });

export const folderSyncResponse: fc.Arbitrary<FolderSyncResponse> = fc.record(
  {
    status: count,
    added: fc.array(fc.record({ serverId: text, parentId: text, displayName: text, type: count }), { maxLength: 4 }),
    syncKey: text,
  },
  { requiredKeys: ["status", "added"], noNullPrototype: true },
);

export const provisionRequest: fc.Arbitrary<ProvisionRequest> = fc.record(
  { policyType: text, policyKey: text, status: count },
  { requiredKeys: ["policyType"], noNullPrototype: true },
);

export const provisionResponse: fc.Arbitrary<ProvisionResponse> = fc.record(
  {
    status: count,
    policyType: text,
    policyStatus: count,
    policyKey: text,
    policy: fc.oneof(fc.record({ devicePasswordEnabled: fc.boolean() }), fc.record({ xml: text })),
  },
  { requiredKeys: ["status"], noNullPrototype: true },
);

export const commandRequest: fc.Arbitrary<CommandRequest> = fc.oneof(
  fc.constant({ command: "OPTIONS" } as const),
  provisionRequest.map((body) => ({ command: "Provision", body }) as const),
  folderSyncRequest.map((body) => ({ command: "FolderSync", body }) as const),
  syncRequest.map((body) => ({ command: "Sync", body }) as const),
  pingRequest.map((body) => ({ command: "Ping", body }) as const),
);

/** Answers with a body are answered 200; those without have any status. */
export const commandAnswer: fc.Arbitrary<CommandAnswer> = fc.oneof(
  fc.record({
    command: fc.constantFrom("OPTIONS", "Provision", "FolderSync", "Sync", "Ping"),
    httpStatus: fc.integer({ min: 200, max: 599 }),
  }),
  provisionResponse.map((body) => ({ command: "Provision", httpStatus: 200, body }) as const),
  folderSyncResponse.map((body) => ({ command: "FolderSync", httpStatus: 200, body }) as const),
  syncResponse.map((body) => ({ command: "Sync", httpStatus: 200, body }) as const),
  pingResponse.map((body) => ({ command: "Ping", httpStatus: 200, body }) as const),
);

const KNOWN_PARAMETERS = new Set(["cmd", "user", "deviceid", "devicetype"]);
const word = fc.string({ unit: "binary", maxLength: 12 });

export const plainQuery: fc.Arbitrary<PlainQuery> = fc.record(
  {
    form: fc.constant("plain" as const),
    parameters: fc.array(
      fc.record({ name: word.filter((name) => !KNOWN_PARAMETERS.has(name.toLowerCase())), value: word }),
      { maxLength: 4 },
    ),
    protocolVersion: fc.constantFrom("2.5", "12.1", "16.1", "99"),
    command: fc.oneof(fc.constantFrom(...COMMAND_NAMES), fc.constant("Unheard")),
    user: word,
    deviceId: word,
    deviceType: word,
  },
  { requiredKeys: ["form", "parameters"], noNullPrototype: true },
);

const unknownCode = fc.integer({ min: 23, max: 255 }).map(String);

export const base64Query: fc.Arbitrary<Base64Query> = fc.record(
  {
    form: fc.constant("base64" as const),
    protocolVersion: fc.constantFrom("12.1", "14.0", "14.1", "16.0", "16.1"),
    command: fc.oneof(fc.constantFrom(...Object.keys(COMMAND_CODES)), unknownCode),
    locale: fc.nat(0xffff),
    deviceId: fc
      .array(fc.integer({ min: 0x21, max: 0x7e }), { minLength: 1, maxLength: 255 })
      .map((codes) => String.fromCharCode(...codes)),
    deviceType: word,
    parameters: fc.array(
      fc.record({
        name: fc.oneof(fc.constantFrom("AttachmentName", "CollectionId", "ItemId", "Options"), unknownCode),
        bytes: fc.uint8Array({ maxLength: 255 }),
      }),
      { maxLength: 3 },
    ),
    policyKey: fc.nat(0xffffffff),
    user: word,
  },
  {
    requiredKeys: ["form", "protocolVersion", "command", "locale", "deviceId", "deviceType", "parameters"],
    noNullPrototype: true,
  },
);
