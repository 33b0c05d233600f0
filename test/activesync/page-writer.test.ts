import { expect, test } from "vitest";
import { PageWriter } from "../../src/activesync/page-writer.ts";
import { element } from "../../src/activesync/wbxml.ts";

const page = new PageWriter(13);

test("makes elements of its page", () => {
  expect(page.element("Ping", [page.element("Folders")])).toEqual(element(13, "Ping", [element(13, "Folders")]));
});

test("makes nothing of a part that is missing, and an empty element of one that is empty", () => {
  expect(page.optional("Folders", undefined)).toEqual([]);
  expect(page.optional("Folders", [])).toEqual([element(13, "Folders")]);
  expect(page.field("Id", undefined)).toEqual([]);
  expect(page.field("Id", "")).toEqual([element(13, "Id")]);
});

test.each([
  ["5:1", "5:1"],
  [0, "0"],
  [-0, "0"],
  [-100, "-100"],
  [2 ** 31 - 1, "2147483647"],
  [-(2 ** 31), "-2147483648"],
])("writes the field %j as %j", (value, text) => {
  expect(page.field("Id", value)).toEqual([element(13, "Id", [text])]);
});

test.each([0.5, 2 ** 31, -(2 ** 31) - 1, Number.NaN, Number.POSITIVE_INFINITY])(
  "refuses the number %d, which no reader would take",
  (value) => {
    expect(() => page.field("Id", value)).toThrow(new RangeError(`Id takes a whole number of 32 bits, not ${value}`));
  },
);
