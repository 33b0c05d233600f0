import { expect, test } from "vitest";
import { textOf } from "../../src/live/log-text.ts";

test("says the message, then the fields, without those that stand elsewhere in the line", () => {
  const line = {
    level: "info",
    time: "2026-05-04T09:13:00Z",
    flow: 12,
    ending: "--",
    hop: "carrier",
    msg: "Ping held",
  };
  expect(textOf(line, "msg")).toBe("Ping held flow=12 ending=-- hop=carrier");
  expect(textOf({ err: { stack: "at" }, msg: "it failed" }, "msg")).toBe("it failed");
});

test.each([
  ["SmartPhone", "SmartPhone"],
  ["", '""'],
  ["Smart Phone", '"Smart Phone"'],
  ['a"b', '"a\\"b"'],
  ["a=b", '"a=b"'],
  ["a\nlevel=error", '"a\\nlevel=error"'],
  ["\u001B[31m", '"\\u001b[31m"'],
  ["\u009B31m", '"\\u{9b}31m"'],
  ["\u202Etxt", '"\\u{202e}txt"'],
  [["a", "b"], '"[\\"a\\",\\"b\\"]"'],
])("tells %j so that nobody takes it for another field or line", (value, text) => {
  expect(textOf({ value, msg: "m" }, "msg")).toBe(`m value=${text}`);
});
