import { expect, test } from "vitest";
import { ElementReader, readRoot } from "../../src/activesync/element-reader.ts";
import { encodeWbxml } from "../../src/activesync/wbxml-writer.ts";
import { element } from "../../src/activesync/wbxml.ts";
import type { WbxmlContent } from "../../src/activesync/wbxml.ts";
import { ProtocolError } from "../../src/errors.ts";
import { document } from "../support/activesync-bytes.ts";

function ping(...content: readonly WbxmlContent[]): ElementReader {
  return readRoot(encodeWbxml(element(13, "Ping", content)), 13, "Ping");
}

function readValue(child: ElementReader): { readonly value: string } {
  return { value: child.text() };
}

/** A field that holds this. */
function status(...content: readonly WbxmlContent[]): ElementReader {
  return ping(element(13, "Status", content)).need("Status");
}

test.each([
  ["00 0D 07", "Ping:Status as the root element, expected Ping (byte 6)"],
  ["05", "AirSync:Sync as the root element, expected Ping (byte 4)"],
  ["00 63 05", "page 99, token 0x05 as the root element, expected Ping (byte 6)"],
])("takes only the root that is named: %s", (body, message) => {
  expect(() => readRoot(document(body), 13, "Ping")).toThrow(ProtocolError);
  expect(() => readRoot(document(body), 13, "Ping")).toThrow(message);
});

test("finds children by page and name among others, in any order", () => {
  const root = ping(element(0, "Status", ["other page"]), "text", element(13, "Id", ["1"]), element(13, "Id", ["2"]));
  expect(root.find("Status")).toBeUndefined();
  expect(root.find("Status", 0)?.text()).toBe("other page");
  expect(root.all("Id").map((id) => id.text())).toEqual(["1", "2"]);
  expect(root.countElements()).toBe(3);
});

test("refuses a second child where one is expected, and says where it stands", () => {
  const root = readRoot(document("00 0D 45 08 07 08 01"), 13, "Ping");
  expect(() => root.find("HeartbeatInterval")).toThrow("Ping:HeartbeatInterval a second time, expected once (byte 9)");
  expect(() => root.need("HeartbeatInterval")).toThrow(ProtocolError);
});

test("says what is missing, and in what", () => {
  expect(() => ping().need("Status")).toThrow("Ping:Ping without Status (byte 6)");
});

test("gives the fields of a child that is there, and none for one that is not", () => {
  expect(ping(element(13, "Id", ["1"])).optional("Id", readValue)).toStrictEqual({ value: "1" });
  expect(ping().optional("Id", readValue)).toStrictEqual({});
});

test("joins the parts of a text", () => {
  expect(status("a", "", "b").text()).toBe("ab");
  expect(status().text()).toBe("");
});

test.each<[string, WbxmlContent]>([
  ["an element", element(13, "Id")],
  ["opaque bytes", new Uint8Array([49])],
])("refuses %s for text", (_, content) => {
  expect(() => status("1", content).text()).toThrow("Ping:Status with something else than text (byte 7)");
});

test.each([
  ["0", 0],
  ["-0", 0],
  ["007", 7],
  ["+5", 5],
  ["\t\r\n -100 ", -100],
  ["6000000", 6_000_000],
  ["2147483647", 2_147_483_647],
  ["-2147483648", -2_147_483_648],
])("reads %j as a whole number", (text, value) => {
  expect(status(text).integer()).toBe(value);
});

test.each([
  "",
  " ",
  "2147483648",
  "-2147483649",
  "1.0",
  "1e3",
  "0x10",
  "--1",
  "1 2",
  "٣",
  "Infinity",
  "\u00a01",
  "NaN",
])("refuses %j for a whole number", (text) => {
  expect(() => status(text).integer()).toThrow(ProtocolError);
  expect(() => status(text).integer()).toThrow("expected a whole number from -2147483648 to 2147483647 (byte 7)");
});

test("keeps messages short, whatever was sent", () => {
  expect(() => status("9".repeat(500_000)).integer()).toThrow(
    `Ping:Status with "${"9".repeat(24)}…", expected a whole number from -2147483648 to 2147483647 (byte 7)`,
  );
});

test("places an element that was never read at the beginning", () => {
  const root = element(13, "Ping");
  const reader = new ElementReader({ root, offsets: new Map() }, root, 13);
  expect(reader.fault("astray").message).toBe("Ping:Ping astray (byte 0)");
});

test("counts from 0", () => {
  expect(status("0").count()).toBe(0);
  expect(() => status("-1").count()).toThrow('with "-1", expected a whole number from 0 to 2147483647');
});

test.each([
  ["", true],
  ["1", true],
  ["0", false],
])("reads %j as a boolean", (text, value) => {
  expect(status(text).flag()).toBe(value);
});

test.each(["2", "true", " 1", "-0"])("refuses %j for a boolean", (text) => {
  expect(() => status(text).flag()).toThrow(`Ping:Status with "${text}", expected 0, 1 or nothing (byte 7)`);
});
