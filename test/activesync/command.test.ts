import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  COMMAND_CODES,
  COMMAND_NAMES,
  decodeAnswerBody,
  decodeCommandBody,
  encodeAnswerBody,
  encodeCommandBody,
} from "../../src/activesync/command.ts";
import { ProtocolError } from "../../src/errors.ts";
import { commandAnswer, commandRequest } from "../support/activesync-arbitraries.ts";
import { ascii } from "../support/activesync-bytes.ts";
import { vector } from "../support/activesync-vectors.ts";

const EMPTY = new Uint8Array();

test("has the codes of MS-ASHTTP, each once, and every command by one name", () => {
  expect(Object.values(COMMAND_CODES)).toEqual([0, 1, 2, 3, 4, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]);
  expect(COMMAND_CODES.Ping).toBe(18);
  expect(new Set(COMMAND_NAMES.map((name) => name.toLowerCase())).size).toBe(24);
});

test.each([
  ["Ping", "ping-req-heartbeat-only"],
  ["Sync", "sync-req-wait"],
  ["FolderSync", "foldersync-req-0"],
  ["Provision", "provision-req-2"],
] as const)("reads and writes the body of a %s", (command, id) => {
  const request = decodeCommandBody(command, vector(id));
  expect(request.command).toBe(command);
  expect(encodeCommandBody(request)).toEqual(vector(id));
});

test.each([
  ["Ping", "ping-resp-2"],
  ["Sync", "sync-resp-14-wait"],
  ["FolderSync", "foldersync-resp-count-0"],
] as const)("reads and writes the body of the answer to a %s", (command, id) => {
  const answer = decodeAnswerBody(command, 200, vector(id));
  expect(answer).toMatchObject({ command, httpStatus: 200 });
  expect(encodeAnswerBody(answer)).toEqual(vector(id));
});

test("OPTIONS has no body that means anything", () => {
  expect(encodeCommandBody({ command: "OPTIONS" })).toEqual(EMPTY);
  expect(decodeCommandBody("OPTIONS", ascii("whatever"))).toStrictEqual({ command: "OPTIONS" });
  expect(encodeAnswerBody({ command: "OPTIONS", httpStatus: 200 })).toEqual(EMPTY);
  expect(decodeAnswerBody("OPTIONS", 200, ascii("x"))).toStrictEqual({ command: "OPTIONS", httpStatus: 200 });
});

test.each(["Ping", "Sync"] as const)("an empty %s is a request", (command) => {
  expect(decodeCommandBody(command, EMPTY)).toStrictEqual({ command, body: {} });
});

test.each(["FolderSync", "Provision"] as const)("an empty %s is not a request", (command) => {
  expect(() => decodeCommandBody(command, EMPTY)).toThrow(ProtocolError);
});

test.each(["Provision", "FolderSync", "Sync", "Ping"] as const)("an answer to %s may be without a body", (command) => {
  expect(decodeAnswerBody(command, 200, EMPTY)).toStrictEqual({ command, httpStatus: 200 });
  expect(encodeAnswerBody({ command, httpStatus: 200 })).toEqual(EMPTY);
});

test.each([201, 401, 449, 502])("a body with HTTP status %i is not ActiveSync's", (httpStatus) => {
  expect(decodeAnswerBody("Ping", httpStatus, ascii("<html>"))).toStrictEqual({ command: "Ping", httpStatus });
});

test("a body of another command is a fault", () => {
  expect(() => decodeAnswerBody("Ping", 200, vector("sync-resp-13"))).toThrow(ProtocolError);
  expect(() => decodeCommandBody("Sync", vector("ping-req-heartbeat-only"))).toThrow(ProtocolError);
});

test("what the writers write is read back as it was", () => {
  fc.assert(
    fc.property(commandRequest, commandAnswer, (request, answer) => {
      expect(decodeCommandBody(request.command, encodeCommandBody(request))).toEqual(request);
      expect(decodeAnswerBody(answer.command, answer.httpStatus, encodeAnswerBody(answer))).toEqual(answer);
    }),
  );
});
