import { expect, test } from "vitest";
import { element, elementOf } from "../../src/activesync/wbxml.ts";

test("an element made by number has the name that its page assigns", () => {
  expect(elementOf(13, 0x05)).toEqual(element(13, "Ping"));
  expect(elementOf(13, 0x05)).toStrictEqual({ page: 13, token: 5, name: "Ping", content: [] });
});

test.each([
  [13, 0x3f],
  [255, 0x05],
])("an element that no page assigns (page %i, token %i) has no name", (page, token) => {
  expect(elementOf(page, token, ["text"])).toStrictEqual({ page, token, content: ["text"] });
});

test.each([
  [-1, 5],
  [256, 5],
  [0.5, 5],
  [0, 4],
  [0, 64],
  [0, 5.5],
])("no element has page %d and token %d: no byte could carry it", (page, token) => {
  expect(() => elementOf(page, token)).toThrow(RangeError);
});

test("no element is made of a name that its page does not know", () => {
  expect(() => element(13, "Sync")).toThrow(new RangeError("page 13 has no tag Sync"));
});
