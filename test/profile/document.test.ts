import { expect, test } from "vitest";
import { pointerOf, readDocument } from "../../src/profile/document.ts";

const shown = (text: string) =>
  readDocument(text).faults.map(({ line, column, message }) => `${line}:${column} ${message}`);

test.each([
  ["a: 1\na: 2", ['2:1 found the key "a" again, expected it once in its mapping']],
  ["a: &x 1\nb: *x", ["2:4 found the alias *x, expected its value written out"]],
  ["a: &x [1, 2]\nb: [*x, *x]\nc: !odd 1", [/^2:5 /u, /^2:9 /u, /^3:4 found the tag "!odd", expected none$/u]],
  ["a: [1", ["1:6 found no closing ], expected one, indented more than the key before it"]],
  ["a: 'x", [/^1:6 found no closing ', expected one/u]],
  ["{", [/^1:2 found no closing \}, expected one/u]],
  ["a: 1\n---\nb: 2", ["2:1 found a second document, expected one"]],
  ["[a]: 1", ["1:1 found a key that is no text, expected text"]],
  ["'a b': 1\n\"a b\": 2", [/^2:1 found the key "\\"a b\\"" again/u]],
  ["a:\n\tb: 1", ["2:1 found a tab, expected spaces to indent with"]],
  ["a: b: c", [/^1:4 found a mapping in the line of "b", expected it on lines of its own/u]],
  ["x\ny: 1", ['1:1 found a key on several lines, from "x" on, expected KEY: VALUE on one']],
  ["a: @x", ['1:4 found a text that begins with "@", expected quotes around it']],
  ["a: b\nc", ['2:1 found "c", expected KEY: VALUE, with a space behind the colon']],
  ["a: }", ['1:4 found "}", which belongs to nothing before it, expected a key or the end']],
  ['a: "\\q"', [/^1:5 found the escape "\\\\q", expected one that YAML has/u]],
  ["a:\n    b: 1\n  c: 2", [/^3:1 found a line that is indented otherwise than those beside it/u]],
  ["%FOO\n---\na: 1", ["1:1 found what is no YAML: Unknown directive %FOO"]],
])("%j has a fault with line and column for each thing that is wrong with the YAML", (text, expected) => {
  const faults = shown(text);
  expect(faults).toHaveLength(expected.length);
  for (const [index, fault] of faults.entries()) expect(fault).toMatch(expected[index] ?? /never/u);
});

test.each(["[", "- ", "? ", "{a: ", "a: "])("endless nesting of %j is refused, not descended into", (opener) => {
  expect(shown(opener.repeat(9000))).toEqual(["1:1 found more than 32 levels of nesting, expected fewer"]);
});

test("nesting of 32 levels is read", () => {
  expect(readDocument("[".repeat(32) + "]".repeat(32)).faults).toEqual([]);
  expect(readDocument("[".repeat(33) + "]".repeat(33)).faults).toHaveLength(1);
});

test("a faulty text has no value and no places", () => {
  const document = readDocument("{");
  expect(document.value).toBeUndefined();
  expect(document.place([{ path: [], message: "?" }])).toEqual([]);
});

test.each([
  [["b", 1, "c"], undefined, 4, 8],
  [["b", 1, "c"], true, 4, 5],
  [["b", 1], undefined, 4, 5],
  [["b", 9], undefined, 3, 3],
  [["b", 0, "deeper"], undefined, 3, 5],
  [["empty"], undefined, 5, 7],
  [["missing"], undefined, 1, 1],
  [[], undefined, 1, 1],
] as const)("the place %j (key: %s) is line %d, column %d, or its parent's", (path, key, line, column) => {
  const document = readDocument("a: 1\nb:\n  - x\n  - c: 2\nempty:\n");
  const [fault] = document.place([{ path, message: "m", ...(key === true && { key }) }]);
  expect(fault).toEqual({ pointer: pointerOf(path), line, column, message: "m" });
});

test("a key without a value stands for its value", () => {
  const [fault] = readDocument("{ a: 1, lone }").place([{ path: ["lone"], message: "m" }]);
  expect(fault).toMatchObject({ line: 1, column: 9 });
});

test("faults come in the order of the text", () => {
  const document = readDocument("{ a: 1, b: 2 }\n");
  const faults = document.place([
    { path: ["b"], message: "second" },
    { path: ["a"], message: "first" },
  ]);
  expect(faults.map(({ message }) => message)).toEqual(["first", "second"]);
});

test("an empty text is a document of nothing, and everything stands at its start", () => {
  const document = readDocument("");
  expect(document.value).toBeNull();
  expect(document.place([{ path: ["name"], message: "m" }])[0]).toMatchObject({ line: 1, column: 1 });
});

test("a pointer escapes what RFC 6901 escapes", () => {
  expect(pointerOf(["a/b", "c~d", 0])).toBe("/a~1b/c~0d/0");
});
