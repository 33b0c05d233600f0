import { expect, test } from "vitest";
import { anyOf, counted, nearest, quoted, sortOf, suggestion, visible } from "../../src/profile/words.ts";

test.each([
  ["tittle", ["name", "title"], "title"],
  ["TITLE", ["name", "title"], "title"],
  ["jsno", ["json"], "json"],
  ["nta", ["nat"], undefined],
  ["natt", ["nat"], "nat"],
  ["carier-31min", ["carrier-13min"], "carrier-13min"],
  ["rest", ["reset-on-next", "reset"], "reset"],
  ["xyz", ["name", "title"], undefined],
  ["", ["name"], undefined],
  ["a", [], undefined],
])("the word %j among %j most likely means %s", (word, candidates, expected) => {
  expect(nearest(word, candidates)).toBe(expected);
});

test.each([
  [undefined, "nothing"],
  [null, "nothing"],
  [["secret"], "a list"],
  [{ password: "secret" }, "an object"],
  [1n, "a bigint"],
  ["secret", "a string"],
])("what is not to be shown is told by its sort: %s", (value, expected) => {
  expect(sortOf(value)).toBe(expected);
});

test("a suggestion is half a sentence, or nothing", () => {
  expect(suggestion("nat", ["udp"])).toBe("");
  expect(suggestion("nam", ["name"])).toBe("; did you mean name?");
});

test.each([
  [[], ""],
  [["a"], "a"],
  [["a", "b"], "a or b"],
  [["a", "b", "c"], "a, b or c"],
])("%j reads as %j in a sentence", (candidates, text) => {
  expect(anyOf(candidates)).toBe(text);
});

test("a value is shown as JSON, shortened, without control characters", () => {
  expect(quoted("a\u001B[31m")).toBe(String.raw`"a\u001b[31m"`);
  expect(quoted("x".repeat(100))).toBe(`"${"x".repeat(59)}…`);
  expect(quoted(undefined)).toBe("nothing");
});

test.each([
  [0, "0 events"],
  [1, "1 event"],
  [2, "2 events"],
])("%i of something are %s", (count, text) => {
  expect(counted(count, "event")).toBe(text);
});

test("what others wrote can't move a terminal's cursor, change its colours or turn its letters round", () => {
  expect(visible("a\u001B[31m\nb\u009Bc\u202Ed")).toBe(String.raw`a\u{1b}[31m\u{a}b\u{9b}c\u{202e}d`);
  expect(visible("Ä 日本 🙂")).toBe("Ä 日本 🙂");
});
