import * as fc from "fast-check";
import { expect, test } from "vitest";
import { COMMAND_CODES } from "../../src/activesync/command.ts";
import { formatBase64Query, parseBase64Query } from "../../src/activesync/query-base64.ts";
import type { Base64Query } from "../../src/activesync/query-base64.ts";
import { ProtocolError } from "../../src/errors.ts";
import { base64Query } from "../support/activesync-arbitraries.ts";
import { attempt } from "../support/activesync-attempt.ts";
import { ascii, hex } from "../support/activesync-bytes.ts";
import facts from "./vectors.json" with { type: "json" };

const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const parseHex = (digits: string): Base64Query => parseBase64Query(toBase64(hex(digits)), 0);

const QUERIES: Readonly<Record<string, Base64Query>> = {
  "query-sync-v140": {
    form: "base64",
    protocolVersion: "14.0",
    command: "Sync",
    locale: 0x0409,
    deviceId: "v140Device",
    deviceType: "SmartPhone",
    parameters: [],
  },
  "query-ping-v121": {
    form: "base64",
    protocolVersion: "12.1",
    command: "Ping",
    locale: 0x0409,
    deviceId: "v121Device",
    deviceType: "SmartPhone",
    parameters: [],
  },
  "query-sync-v141-key-user": {
    form: "base64",
    protocolVersion: "14.1",
    command: "Sync",
    locale: 0x0409,
    deviceId: "v141Device",
    policyKey: 1307199584,
    deviceType: "SmartPhone",
    user: "user@contoso.com",
    parameters: [],
  },
};

test.each(facts.queryVectors)("reads and writes the vector $id", ({ id, base64, hex: digits }) => {
  expect(parseBase64Query(base64, 0)).toEqual(QUERIES[id]);
  expect(formatBase64Query(parseHex(digits))).toBe(base64);
});

test.each(["==", "", "%3D%3d"])("reads base64 with its padding as %j", (padding) => {
  const base64 = toBase64(hex("79 12 09 04 01 61 00 02 53 50"));
  expect(base64).toMatch(/[^=]==$/u);
  expect(parseBase64Query(base64.replace("==", padding), 0)).toMatchObject({ deviceId: "a", deviceType: "SP" });
});

test("reads + and / as they are and escaped", () => {
  const base64 = toBase64(hex("79 12 09 04 07 00 FB EF BE FF FF FF 00 00"));
  expect(base64).toContain("++++////");
  expect(parseBase64Query(base64, 0).deviceId).toBe("00fbefbeffffff");
  expect(parseBase64Query(base64.replaceAll("+", "%2B").replaceAll("/", "%2f"), 0).deviceId).toBe("00fbefbeffffff");
});

test.each([
  ["AAA*", "not base64"],
  ["AAAAA", "not base64"],
  ["AAAAAA=", "not base64"],
  ["AAA==", "not base64"],
  ["=", "not base64"],
  ["A A", "not base64"],
  ["AAA_", "not base64"],
  ["AAAA%20", "not base64"],
  ["AA%3", "% without two hex digits"],
])("refuses %j, and says where in the target", (query, message) => {
  expect(() => parseBase64Query(query, 7)).toThrow(ProtocolError);
  expect(() => parseBase64Query(query, 7)).toThrow(message);
});

test.each(Object.entries(COMMAND_CODES))("reads and writes the command %s as %i", (name, code) => {
  const query = parseHex(`8C ${code.toString(16).padStart(2, "0")} 09 04 01 61 00 00`);
  expect(query.command).toBe(name);
  expect(atob(formatBase64Query(query)).charCodeAt(1)).toBe(code);
});

test.each([
  [0x79, "12.1"],
  [0x8c, "14.0"],
  [0x8d, "14.1"],
  [0xa0, "16.0"],
  [0xa1, "16.1"],
])("reads the version byte %i as %s", (byte, version) => {
  expect(parseHex(`${byte.toString(16)} 12 09 04 01 61 00 00`).protocolVersion).toBe(version);
});

test("keeps a command and a tag that have no name as digits", () => {
  const query = parseHex("8C 17 09 04 01 61 00 00 09 01 FF");
  expect(query).toMatchObject({ command: "23", parameters: [{ name: "9", bytes: new Uint8Array([0xff]) }] });
});

test("shows a device id that is not printable ASCII as hex, as Z-Push does", () => {
  const guid = "00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF";
  expect(parseHex(`8C 12 09 04 10 ${guid} 00 00`).deviceId).toBe("00112233445566778899aabbccddeeff");
  expect(parseHex("8C 12 09 04 02 21 7E 00 00").deviceId).toBe("!~");
  expect(parseHex("8C 12 09 04 02 21 7F 00 00").deviceId).toBe("217f");
  expect(parseHex("8C 12 09 04 02 20 7E 00 00").deviceId).toBe("207e");
});

test("reads all numbers little-endian", () => {
  expect(parseHex("8C 12 01 02 01 61 04 01 02 03 84 00")).toMatchObject({ locale: 0x0201, policyKey: 0x84030201 });
});

test("reads every parameter by its tag, in order, and the user wherever it stands", () => {
  const parameters = "00 01 61 01 01 62 08 01 75 02 00 03 01 63 04 00 05 00 06 00 07 01 03";
  expect(parseHex(`8C 12 09 04 01 61 00 00 ${parameters}`)).toMatchObject({
    user: "u",
    parameters: [
      { name: "AttachmentName", bytes: ascii("a") },
      { name: "CollectionId", bytes: ascii("b") },
      { name: "CollectionName", bytes: ascii("") },
      { name: "ItemId", bytes: ascii("c") },
      { name: "LongId", bytes: ascii("") },
      { name: "ParentId", bytes: ascii("") },
      { name: "Occurrence", bytes: ascii("") },
      { name: "Options", bytes: new Uint8Array([3]) },
    ],
  });
});

test.each([
  ["78 12 09 04 01 61 00 00", "protocol version 120, expected one of 121, 140, 141, 160, 161 (byte 0)"],
  ["8C", "the query ends within the command code (byte 1)"],
  ["8C 12 09", "the query ends within the locale (byte 3)"],
  ["8C 12 09 04", "the query ends within the length of the device id (byte 4)"],
  ["8C 12 09 04 00 00 00", "a device id of no bytes, expected at least one (byte 4)"],
  ["8C 12 09 04 03 61 62", "the query ends within the device id (byte 7)"],
  ["8C 12 09 04 01 61 03 01 02 03 00", "a policy key of 3 bytes, expected 0 or 4 (byte 6)"],
  ["8C 12 09 04 01 61 05 01 02 03 04 05 00", "a policy key of 5 bytes, expected 0 or 4 (byte 6)"],
  ["8C 12 09 04 01 61 04 01 02", "the query ends within the policy key (byte 9)"],
  ["8C 12 09 04 01 61 00", "the query ends within the length of the device type (byte 7)"],
  ["8C 12 09 04 01 61 00 02 61", "the query ends within the device type (byte 9)"],
  ["8C 12 09 04 01 61 00 00 01", "the query ends within the length of CollectionId (byte 9)"],
  ["8C 12 09 04 01 61 00 00 01 02 61", "the query ends within CollectionId (byte 11)"],
  ["8C 12 09 04 01 61 00 00 08 01 FF", "User is not UTF-8 (byte 10)"],
  ["8C 12 09 04 01 61 00 00 08 01 75 08 01 75", "User a second time, expected once (byte 11)"],
])("refuses %s and says where in the bytes", (digits, message) => {
  expect(() => parseHex(digits)).toThrow(ProtocolError);
  expect(() => parseHex(digits)).toThrow(message);
});

test.each([
  [{ protocolVersion: "12.0" }, "version 12.0"],
  [{ protocolVersion: "121" }, "version 121"],
  [{ command: "Find" }, "Find"],
  [{ command: "256" }, "256"],
  [{ command: "" }, ""],
  [{ locale: 65_536 }, "65536 in 2 bytes"],
  [{ locale: -1 }, "-1 in 2 bytes"],
  [{ deviceId: "" }, 'the device id ""'],
  [{ deviceId: "a b" }, 'the device id "a b"'],
  [{ deviceId: "x".repeat(256) }, "256 in 1 bytes"],
  [{ policyKey: 2 ** 32 }, "4294967296 in 4 bytes"],
  [{ policyKey: 0.5 }, "0.5 in 4 bytes"],
  [{ user: "é".repeat(128) }, "256 in 1 bytes"],
  [{ parameters: [{ name: "Other", bytes: ascii("") }] }, "Other"],
])("refuses to write %j", (part, message) => {
  const query: Base64Query = { ...parseHex("8C 12 09 04 01 61 00 00"), ...part };
  expect(() => formatBase64Query(query)).toThrow(new RangeError(`a base64 query cannot hold ${message}`));
});

test("what it writes is read back as it was", () => {
  fc.assert(
    fc.property(base64Query, (query) => {
      expect(parseBase64Query(formatBase64Query(query), 0)).toEqual(query);
    }),
  );
});

test("any bytes and any text give a value or a ProtocolError", () => {
  const bytes = fc.uint8Array({ maxLength: 80 }).map((rest) => toBase64(Uint8Array.from([121, 18, ...rest])));
  fc.assert(
    fc.property(fc.oneof(bytes, fc.string(), fc.base64String()), (query) => {
      const result = attempt(() => parseBase64Query(query, 0));
      expect(result instanceof ProtocolError || result.form === "base64").toBe(true);
    }),
    { numRuns: 300 },
  );
});
