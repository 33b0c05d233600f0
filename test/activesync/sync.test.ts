import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeSyncRequest,
  decodeSyncResponse,
  encodeSyncRequest,
  encodeSyncResponse,
} from "../../src/activesync/sync.ts";
import type {
  SyncRequest,
  SyncRequestCollection,
  SyncResponse,
  SyncResponseCollection,
} from "../../src/activesync/sync.ts";
import { ProtocolError } from "../../src/errors.ts";
import { syncRequest, syncResponse } from "../support/activesync-arbitraries.ts";
import { document } from "../support/activesync-bytes.ts";
import { vector } from "../support/activesync-vectors.ts";

const COLLECTION: SyncRequestCollection = { collectionId: "5", syncKey: "2", getChanges: true, commandCount: 0 };
const ANSWERED: SyncResponseCollection = {
  collectionId: "5",
  syncKey: "3",
  status: 1,
  added: [],
  moreAvailable: false,
  commandCount: 0,
};

test.each<[string, SyncRequest]>([
  ["sync-req-wait", { collections: [COLLECTION], waitMinutes: 10 }],
  ["sync-req-heartbeat", { collections: [COLLECTION], heartbeatIntervalSeconds: 600, windowSize: 512 }],
])("reads and writes the request %s", (id, request) => {
  expect(decodeSyncRequest(vector(id))).toStrictEqual(request);
  expect(encodeSyncRequest(request)).toEqual(vector(id));
});

test.each<[string, SyncResponse]>([
  ["sync-resp-14-wait", { status: 14, limit: 59, collections: [] }],
  ["sync-resp-14-heartbeat", { status: 14, limit: 60, collections: [] }],
  ["sync-resp-13", { status: 13, collections: [] }],
  ["sync-resp-status-1", { status: 1, collections: [] }],
])("reads and writes the response %s", (id, response) => {
  expect(decodeSyncResponse(vector(id))).toStrictEqual(response);
  expect(encodeSyncResponse(response)).toEqual(vector(id));
});

test("reads the worked example of MS-ASWBXML: a contact, which has no subject", () => {
  expect(decodeSyncResponse(vector("msaswbxml-sync-example"))).toStrictEqual({
    collections: [
      {
        collectionId: "2",
        syncKey: "2",
        status: 1,
        added: [{ serverId: "2:1", subject: "" }],
        moreAvailable: false,
        commandCount: 1,
      },
    ],
  });
});

test("an empty request is no bytes, both ways", () => {
  expect(decodeSyncRequest(new Uint8Array())).toStrictEqual({});
  expect(encodeSyncRequest({})).toEqual(new Uint8Array());
});

test.each(["05", "45 4E 03 31 00 01 01"])("a Sync that asks nothing is a fault, not an empty request: %s", (body) => {
  expect(() => decodeSyncRequest(document(body))).toThrow("AirSync:Sync without anything asked (byte 4)");
});

test("writes a collection with a class in the layout of 2.5, the class first", () => {
  const request = { collections: [{ class: "Email", collectionId: "5", syncKey: "2", commandCount: 0 }] };
  const bytes = document("45 5C 4F 50 03 45 6D 61 69 6C 00 01 4B 03 32 00 01 52 03 35 00 01 01 01 01");
  expect(encodeSyncRequest(request)).toEqual(bytes);
  expect(decodeSyncRequest(bytes)).toStrictEqual(request);
});

test("reads the elements of a collection in any order, and passes over those it does not know", () => {
  const collection = "4F 55 03 35 00 01 13 52 03 35 00 01 57 58 03 32 00 01 01 4B 03 32 00 01 01";
  expect(decodeSyncRequest(document(`45 26 64 03 39 00 01 5C ${collection} 01 01`))).toStrictEqual({
    partial: true,
    waitMinutes: 9,
    collections: [{ ...COLLECTION, windowSize: 5 }],
  });
});

test.each([
  ["13", true],
  ["53 03 31 00 01", true],
  ["53 03 30 00 01", false],
])("reads GetChanges %s as %j", (body, getChanges) => {
  const request = document(`45 5C 4F 4B 03 32 00 01 52 03 35 00 01 ${body} 01 01 01`);
  expect(decodeSyncRequest(request)).toStrictEqual({ collections: [{ ...COLLECTION, getChanges }] });
});

test("counts the device's own changes of every kind", () => {
  const commands = "56 47 4C 03 31 00 01 5D 01 01 48 01 09 4A 01 01";
  expect(decodeSyncRequest(document(`45 5C 4F 4B 03 32 00 01 52 03 35 00 01 ${commands} 01 01 01`))).toMatchObject({
    collections: [{ commandCount: 4 }],
  });
});

test.each<SyncRequest>([
  { partial: true },
  { partial: false },
  { waitMinutes: -1 },
  { waitMinutes: 60 },
  { heartbeatIntervalSeconds: 3541 },
  { waitMinutes: 1, heartbeatIntervalSeconds: 60 },
  { collections: [] },
  { collections: [{ ...COLLECTION, commandCount: 3 }], windowSize: 0 },
])("writes and reads %j: whether it will do is the server's word", (request) => {
  expect(decodeSyncRequest(encodeSyncRequest(request))).toStrictEqual(request);
});

test("writes an item with its subject on the Email page, and what else changed as deletions", () => {
  const collection = { ...ANSWERED, added: [{ serverId: "5:1", subject: "Hi" }], moreAvailable: true, commandCount: 2 };
  const bytes = encodeSyncResponse({ collections: [collection] });
  expect(bytes).toEqual(
    document(
      "45 5C 4F 4B 03 33 00 01 52 03 35 00 01 4E 03 31 00 01 14 56 " +
        "47 4D 03 35 3A 31 00 01 5D 00 02 54 03 48 69 00 01 01 01 " +
        "00 00 49 4D 03 75 6E 6E 61 6D 65 64 3A 31 00 01 01 01 01 01 01",
    ),
  );
  expect(decodeSyncResponse(bytes)).toStrictEqual({ collections: [collection] });
});

test.each([
  ["45 5C 4F 52 03 35 00 01 01 01 01", "Collection without SyncKey"],
  ["45 5C 4F 4B 03 35 00 01 01 01 01", "Collection without CollectionId"],
  ["45 64 03 61 00 01 01", 'Wait with "a"'],
  ["45 69 03 36 30 2E 30 00 01 01", 'HeartbeatInterval with "60.0"'],
  ["45 55 03 2D 31 00 01 01", 'WindowSize with "-1"'],
  ["45 24 24 01", 'Wait with ""|Wait a second time'],
  ["00 0D 05", "Ping:Ping as the root element, expected Sync"],
])("refuses the request %s", (body, message) => {
  expect(() => decodeSyncRequest(document(body))).toThrow(new RegExp(message, "u"));
});

test.each([
  ["45 5C 4F 4B 03 32 00 01 52 03 35 00 01 01 01 01", "Collection without Status"],
  ["45 5C 4F 4B 03 32 00 01 4E 03 31 00 01 01 01 01", "Collection without CollectionId"],
  ["45 5C 4F 4B 03 32 00 01 52 03 35 00 01 4E 03 31 00 01 56 07 01 01 01 01", "Add without ServerId"],
])("refuses the response %s", (body, message) => {
  expect(() => decodeSyncResponse(document(body))).toThrow(message);
});

test("no bytes are no response: only who knows the HTTP status can tell what they mean", () => {
  expect(() => decodeSyncResponse(new Uint8Array())).toThrow(ProtocolError);
});

test.each([
  [[], -1],
  [[], 0.5],
  [[], 262_145],
  [[{ serverId: "1", subject: "" }], 0],
])("refuses to write items %j among %d commands", (added, commandCount) => {
  expect(() => encodeSyncResponse({ collections: [{ ...ANSWERED, added, commandCount }] })).toThrow(RangeError);
});

test("what the writers write is read back as it was", () => {
  fc.assert(
    fc.property(syncRequest, syncResponse, (request, response) => {
      expect(decodeSyncRequest(encodeSyncRequest(request))).toEqual(request);
      expect(decodeSyncResponse(encodeSyncResponse(response))).toEqual(response);
    }),
  );
});
