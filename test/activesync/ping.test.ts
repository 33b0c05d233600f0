import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  decodePingRequest,
  decodePingResponse,
  encodePingRequest,
  encodePingResponse,
} from "../../src/activesync/ping.ts";
import type { PingRequest, PingResponse } from "../../src/activesync/ping.ts";
import { ProtocolError } from "../../src/errors.ts";
import { pingRequest, pingResponse } from "../support/activesync-arbitraries.ts";
import { document } from "../support/activesync-bytes.ts";
import { vector } from "../support/activesync-vectors.ts";

test.each<[string, PingRequest]>([
  ["ping-req-480-one-folder", { heartbeatIntervalSeconds: 480, folders: [{ id: "5", class: "Email" }] }],
  [
    "ping-req-900-two-folders",
    {
      heartbeatIntervalSeconds: 900,
      folders: [
        { id: "5", class: "Email" },
        { id: "1", class: "Calendar" },
      ],
    },
  ],
  ["ping-req-heartbeat-only", { heartbeatIntervalSeconds: 660 }],
])("reads and writes the request %s", (id, request) => {
  expect(decodePingRequest(vector(id))).toStrictEqual(request);
  expect(encodePingRequest(request)).toEqual(vector(id));
});

test.each<[string, PingResponse]>([
  ["ping-resp-1", { status: 1 }],
  ["ping-resp-2", { status: 2, folders: ["5"] }],
  ["ping-resp-3", { status: 3 }],
  ["ping-resp-5-min", { status: 5, heartbeatIntervalSeconds: 60 }],
  ["ping-resp-5-max", { status: 5, heartbeatIntervalSeconds: 3540 }],
  ["ping-resp-6", { status: 6, maxFolders: 200 }],
  ["ping-resp-7", { status: 7 }],
  ["ping-resp-8", { status: 8 }],
])("reads and writes the response %s", (id, response) => {
  expect(decodePingResponse(vector(id))).toStrictEqual(response);
  expect(encodePingResponse(response)).toEqual(vector(id));
});

test("an empty request is no bytes, both ways", () => {
  expect(decodePingRequest(new Uint8Array())).toStrictEqual({});
  expect(encodePingRequest({})).toEqual(new Uint8Array());
});

test.each([
  ["00 0D 05", "nothing in it"],
  ["00 0D 45 07 01", "only what a request does not have"],
  ["00 0D 45 00 00 69 03 36 30 00 01 01", "only the interval of a Sync"],
])("a Ping that asks nothing is a fault, not an empty request: %s (%s)", (body) => {
  expect(() => decodePingRequest(document(body))).toThrow(ProtocolError);
  expect(() => decodePingRequest(document(body))).toThrow("with neither HeartbeatInterval nor Folders (byte 6)");
});

test.each([-100, 6_000_000, 0, -1])("reads the interval %i: whether it is in range is the server's word", (seconds) => {
  const request = { heartbeatIntervalSeconds: seconds };
  expect(decodePingRequest(encodePingRequest(request))).toStrictEqual(request);
});

test("reads elements in any order, and passes over those it does not know", () => {
  const body = "00 0D 45 49 4A 4C 03 45 6D 61 69 6C 00 01 4B 03 35 00 01 3F 01 01 46 03 78 00 01 48 03 36 30 00 01 01";
  expect(decodePingRequest(document(body))).toStrictEqual({
    heartbeatIntervalSeconds: 60,
    folders: [{ id: "5", class: "Email" }],
  });
  const response = "00 0D 45 48 03 36 30 00 01 47 03 35 00 01 01";
  expect(decodePingResponse(document(response))).toStrictEqual({ status: 5, heartbeatIntervalSeconds: 60 });
});

test("an empty list of folders is not a missing one", () => {
  expect(decodePingRequest(document("00 0D 45 09 01"))).toStrictEqual({ folders: [] });
  expect(encodePingRequest({ folders: [] })).toEqual(document("00 0D 45 09 01"));
  expect(decodePingResponse(document("00 0D 45 47 03 32 00 01 09 01"))).toStrictEqual({ status: 2, folders: [] });
});

test.each([
  ["00 0D 45 48 03 31 2E 35 00 01 01", 'HeartbeatInterval with "1.5"'],
  ["00 0D 45 08 01", 'HeartbeatInterval with ""'],
  ["00 0D 45 48 03 36 30 00 01 48 03 36 31 00 01 01", "HeartbeatInterval a second time"],
  ["00 0D 45 49 4A 4B 03 35 00 01 01 01 01", "Folder without Class"],
  ["00 0D 45 49 4A 4C 03 35 00 01 01 01 01", "Folder without Id"],
  ["05", "AirSync:Sync as the root element, expected Ping"],
])("refuses the request %s", (body, message) => {
  expect(() => decodePingRequest(document(body))).toThrow(message);
});

test.each([
  ["00 0D 05", "Ping:Ping without Status"],
  ["00 0D 45 47 03 2D 31 00 01 01", 'Status with "-1"'],
  ["00 0D 45 47 03 36 00 01 4D 03 78 00 01 01", 'MaxFolders with "x"'],
])("refuses the response %s", (body, message) => {
  expect(() => decodePingResponse(document(body))).toThrow(message);
});

test("no bytes are no response", () => {
  expect(() => decodePingResponse(new Uint8Array())).toThrow(ProtocolError);
});

test("what the writers write is read back as it was", () => {
  fc.assert(
    fc.property(pingRequest, pingResponse, (request, response) => {
      expect(decodePingRequest(encodePingRequest(request))).toEqual(request);
      expect(decodePingResponse(encodePingResponse(response))).toEqual(response);
    }),
  );
});
