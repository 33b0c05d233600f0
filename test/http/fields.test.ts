import { describe, expect, test } from "vitest";
import { findField, hasToken, keepsAlive, sliceTrimmed, tokensOf } from "../../src/http/fields.ts";
import type { Field, Framing } from "../../src/http/message.ts";

const FIELDS: readonly Field[] = [
  { name: "Connection", value: "Keep-Alive, \tUpgrade" },
  { name: "X-Note", value: "first" },
  { name: "x-note", value: "second" },
  { name: "CONNECTION", value: "te" },
];

test("findField gives the first value of a name in any case", () => {
  expect(findField(FIELDS, "X-NOTE")).toBe("first");
  expect(findField(FIELDS, "X-Not")).toBeUndefined();
});

test("tokensOf gives the members of all fields of a name in lower case", () => {
  expect(tokensOf(FIELDS, "connection")).toEqual(["keep-alive", "upgrade", "te"]);
  expect(tokensOf(FIELDS, "upgrade")).toEqual([]);
});

test.each([
  ["upgrade", true],
  ["UPGRADE", true],
  ["te", true],
  ["keep", false],
  ["keep-alive, upgrade", false],
])("hasToken finds %j in a list over two fields: %s", (token, found) => {
  expect(hasToken(FIELDS, "connection", token)).toBe(found);
});

test("hasToken does not take a no-break space for white space", () => {
  expect(hasToken([{ name: "Connection", value: "close\u00a0" }], "connection", "close")).toBe(false);
});

test.each([
  ["  \t", ""],
  ["\t a b \t", "a b"],
  ["\u00a0a\u00a0", "\u00a0a\u00a0"],
  ["", ""],
])("sliceTrimmed of %j is %j", (text, trimmed) => {
  expect(sliceTrimmed(text, 0, text.length)).toBe(trimmed);
});

describe("keepsAlive", () => {
  const none: Framing = { kind: "none" };
  const rows: readonly (readonly [0 | 1, string | undefined, Framing, boolean])[] = [
    [1, undefined, none, true],
    [1, "close", none, false],
    [1, "Keep-Alive, Close", none, false],
    [1, "upgrade", { kind: "chunked" }, true],
    [1, undefined, { kind: "until-close" }, false],
    [0, undefined, none, false],
    [0, "Keep-Alive", none, true],
    [0, "keep-alive, close", none, false],
    [0, "keep-alive", { kind: "until-close" }, false],
  ];

  test.each(rows)("in HTTP/1.%d with Connection %j and framing %j is %s", (minorVersion, value, framing, expected) => {
    const fields = value === undefined ? [] : [{ name: "Connection", value }];
    expect(keepsAlive({ minorVersion, fields, framing })).toBe(expected);
  });
});
