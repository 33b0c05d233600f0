import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodeFolderSyncRequest,
  decodeFolderSyncResponse,
  encodeFolderSyncRequest,
  encodeFolderSyncResponse,
} from "../../src/activesync/folder-sync.ts";
import { ProtocolError } from "../../src/errors.ts";
import { folderSyncRequest, folderSyncResponse } from "../support/activesync-arbitraries.ts";
import { document } from "../support/activesync-bytes.ts";
import { vector } from "../support/activesync-vectors.ts";

const INBOX = { serverId: "5", parentId: "0", displayName: "Inbox", type: 2 };

test("reads and writes the request foldersync-req-0", () => {
  expect(decodeFolderSyncRequest(vector("foldersync-req-0"))).toStrictEqual({ syncKey: "0" });
  expect(encodeFolderSyncRequest({ syncKey: "0" })).toEqual(vector("foldersync-req-0"));
});

test("reads and writes the response foldersync-resp-count-0", () => {
  const response = { status: 1, syncKey: "1", added: [] };
  expect(decodeFolderSyncResponse(vector("foldersync-resp-count-0"))).toStrictEqual(response);
  expect(encodeFolderSyncResponse(response)).toEqual(vector("foldersync-resp-count-0"));
});

test("reads the response foldersync-resp, which leaves out that nothing changed", () => {
  expect(decodeFolderSyncResponse(vector("foldersync-resp"))).toStrictEqual({ status: 1, syncKey: "42", added: [] });
});

test("writes a refusal as its status alone", () => {
  expect(encodeFolderSyncResponse({ status: 9, added: [] })).toEqual(document("00 07 56 4C 03 39 00 01 01"));
  expect(decodeFolderSyncResponse(document("00 07 56 4C 03 39 00 01 01"))).toStrictEqual({ status: 9, added: [] });
});

test("writes folders behind their number, and passes over changes and deletions when reading", () => {
  const folder = "4F 48 03 35 00 01 49 03 30 00 01 47 03 49 6E 62 6F 78 00 01 4A 03 32 00 01 01";
  const head = "00 07 56 4C 03 31 00 01 52 03 31 00 01 4E";
  const response = { status: 1, syncKey: "1", added: [INBOX] };
  expect(encodeFolderSyncResponse(response)).toEqual(document(`${head} 57 03 31 00 01 ${folder} 01 01`));
  const others = "51 48 03 36 00 01 01 50 48 03 37 00 01 01";
  expect(decodeFolderSyncResponse(document(`${head} ${others} ${folder} 57 03 33 00 01 01 01`))).toStrictEqual(
    response,
  );
});

test.each([
  ["00 07 16", "FolderSync without SyncKey (byte 6)"],
  ["00 07 15", "FolderHierarchy:FolderUpdate as the root element, expected FolderSync (byte 6)"],
])("refuses the request %s", (body, message) => {
  expect(() => decodeFolderSyncRequest(document(body))).toThrow(message);
});

test.each([
  ["00 07 16", "FolderSync without Status"],
  ["00 07 56 4C 03 31 00 01 4E 4F 48 03 35 00 01 01 01 01", "Add without ParentId"],
  ["00 07 56 4C 03 31 00 01 4E 4F 48 03 35 00 01 09 07 4A 03 78 00 01 01 01 01", 'Type with "x"'],
])("refuses the response %s", (body, message) => {
  expect(() => decodeFolderSyncResponse(document(body))).toThrow(message);
});

test("no bytes are neither request nor response", () => {
  expect(() => decodeFolderSyncRequest(new Uint8Array())).toThrow(ProtocolError);
  expect(() => decodeFolderSyncResponse(new Uint8Array())).toThrow(ProtocolError);
});

test("what the writers write is read back as it was", () => {
  fc.assert(
    fc.property(folderSyncRequest, folderSyncResponse, (request, response) => {
      expect(decodeFolderSyncRequest(encodeFolderSyncRequest(request))).toEqual(request);
      expect(decodeFolderSyncResponse(encodeFolderSyncResponse(response))).toEqual(response);
    }),
  );
});
