import * as fc from "fast-check";
import { expect, test } from "vitest";
import { COMMAND_NAMES } from "../../src/activesync/command.ts";
import { formatPlainQuery, parsePlainQuery } from "../../src/activesync/query-plain.ts";
import { ProtocolError } from "../../src/errors.ts";
import { plainQuery } from "../support/activesync-arbitraries.ts";
import { attempt } from "../support/activesync-attempt.ts";

const PING = { form: "plain", command: "Ping", user: "contoso\\anna", deviceId: "ABC123", deviceType: "PocketPC" };

test.each([
  ["Cmd=Ping&User=contoso%5Canna&DeviceId=ABC123&DeviceType=PocketPC", "in Android's order"],
  ["User=contoso%5canna&DeviceId=ABC123&DeviceType=PocketPC&Cmd=Ping", "in the iPhone's order"],
  ["CMD=PING&user=contoso\\anna&DeviceID=ABC123&devicetype=PocketPC", "in any case"],
  ["&&Cmd=ping&User=contoso%5Canna&&DeviceId=ABC123&DeviceType=PocketPC&", "with empty parts"],
  ["%43md=P%69ng&User=contoso%5Canna&DeviceId=ABC123&DeviceType=PocketPC", "with names and values escaped"],
])("reads %s, %s", (query) => {
  expect(parsePlainQuery(query, 0, undefined)).toEqual({ ...PING, parameters: [] });
});

test("keeps parameters that it does not know, in order, doubles among them", () => {
  expect(parsePlainQuery("b=1&Cmd=Sync&a=%26&b=2&SaveInSent&c==", 0, undefined)).toEqual({
    form: "plain",
    command: "Sync",
    parameters: [
      { name: "b", value: "1" },
      { name: "a", value: "&" },
      { name: "b", value: "2" },
      { name: "SaveInSent", value: "" },
      { name: "c", value: "=" },
    ],
  });
});

test("reads + as a space and %2B as a plus", () => {
  expect(parsePlainQuery("User=a+b%2Bc&x+y=+", 0, undefined)).toMatchObject({
    user: "a b+c",
    parameters: [{ name: "x y", value: " " }],
  });
});

test.each(COMMAND_NAMES)("knows the command %s in any case", (name) => {
  expect(parsePlainQuery(`Cmd=${name.toUpperCase()}`, 0, undefined).command).toBe(name);
});

test("keeps a command that it does not know as it was sent", () => {
  expect(parsePlainQuery("Cmd=pInGs", 0, undefined).command).toBe("pInGs");
});

test.each([
  [undefined, undefined],
  ["", undefined],
  ["  ", undefined],
  [" 12.1", "12.1"],
])("takes the header %j for the version %j", (header, version) => {
  expect(parsePlainQuery("Cmd=Ping", 0, header).protocolVersion).toBe(version);
});

test.each([
  ["Cmd=Ping&cmd=Sync", "Cmd a second time, expected once (byte 109)"],
  ["User=&x=1&User=a", "User a second time, expected once (byte 110)"],
  ["DeviceId=a&DeviceID=b", "DeviceId a second time, expected once (byte 111)"],
  ["DeviceType=a&DeviceType=a", "DeviceType a second time, expected once (byte 113)"],
  ["Cmd=Ping&User=100%", "% without two hex digits (byte 117)"],
  ["Cmd=Ping&%=a", "% without two hex digits (byte 109)"],
  ["User=%F6", "escapes that are not UTF-8 (byte 105)"],
])("refuses %s and says where", (query, message) => {
  expect(() => parsePlainQuery(query, 100, undefined)).toThrow(ProtocolError);
  expect(() => parsePlainQuery(query, 100, undefined)).toThrow(message);
});

test("writes the parameters in the order of most devices, the others behind them", () => {
  const query = { ...PING, form: "plain", user: "a b+c", parameters: [{ name: "x&", value: "=" }] } as const;
  expect(formatPlainQuery(query)).toBe("Cmd=Ping&User=a%20b%2Bc&DeviceId=ABC123&DeviceType=PocketPC&x%26=%3D");
  expect(formatPlainQuery({ form: "plain", parameters: [] })).toBe("");
});

test("what it writes is read back as it was", () => {
  fc.assert(
    fc.property(plainQuery, (query) => {
      expect(parsePlainQuery(formatPlainQuery(query), 0, query.protocolVersion)).toEqual(query);
    }),
  );
});

test("any query gives a value or a ProtocolError within its bounds", () => {
  const query = fc.array(fc.oneof(fc.constantFrom("Cmd", "User", "=", "&", "%", "%4", "%41", "%FF", "+"), fc.string()));
  fc.assert(
    fc.property(query, (parts) => {
      const text = parts.join("");
      const result = attempt(() => parsePlainQuery(text, 0, undefined));
      expect(result instanceof ProtocolError ? result.offsetBytes : 0).toBeLessThanOrEqual(text.length);
    }),
  );
});
