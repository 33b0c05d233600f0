import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { exitCodeOf } from "../src/cli/exit-codes.ts";
import { EmulatorError, ERROR_CODES, type ErrorCode } from "../src/errors.ts";
import { CONDITIONS, type ConditionSettings } from "../src/path/conditions/index.ts";
import { conditionSchema } from "../src/profile/conditions/index.ts";
import { NARROWING } from "../src/profile/conditions/narrowing.ts";
import { readProfile } from "../src/profile/reader.ts";
import { ALLOWED } from "./support/import-table.ts";
import { table } from "./support/markdown.ts";
import { DIFFERENCES } from "./system/fidelity/differences.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(path.join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
  "certs/README.md",
];

function page(name: string): string {
  return readFileSync(path.join(ROOT, name), "utf8");
}

/** Fenced blocks of a kind, such as `yaml profile`. */
function blocks(text: string, kind: string): readonly string[] {
  return [...text.matchAll(/^( *)```(.+)\n([\s\S]*?)^ *```$/gmu)]
    .filter((match) => match[2] === kind)
    .map((match) => match[3] ?? "");
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

test("there are pages", () => {
  expect(PAGES.length).toBeGreaterThan(8);
});

test("the error codes of docs/architecture.md are those of the program, with what they mean and how commands end", () => {
  const told = table(page("docs/architecture.md"), "code|means|exit code");
  const codes = Object.keys(ERROR_CODES)
    .filter(isErrorCode)
    .map((code) => [code, ERROR_CODES[code], String(exitCodeOf(new EmulatorError(code, "")))]);
  expect(told).toEqual(codes);
});

test("the differences of docs/fidelity.md are those that the fidelity test expects", () => {
  const told = table(page("docs/fidelity.md"), "difference|mode|reason");
  expect(told).toEqual(DIFFERENCES.map(({ id, mode, reason }) => [id, mode, reason]));
});

test("the import table of docs/architecture.md is the law", () => {
  const told = table(page("docs/architecture.md"), "folder|may import");
  const law = Object.entries(ALLOWED).map(([folder, allowed]) => [folder, allowed.join(", ") || "nothing"]);
  expect(told).toEqual(law);
});

test.each(blocks(page("docs/profiles.md"), "yaml profile"))("a profile of docs/profiles.md is valid: %s", (text) => {
  expect(readProfile(text, "docs/profiles.md").hops.length).toBeGreaterThan(0);
});

function conditionsOf(block: string): readonly ConditionSettings[] {
  const conditions = block.replaceAll(/^/gmu, "      ");
  const text = `name: a\ntitle: b\nsource: c\nhops:\n  - name: d\n    kind: nat\n    conditions:\n${conditions}`;
  return readProfile(text, "docs/conditions.md").hops[0]?.conditions ?? [];
}

test("docs/conditions.md has a chapter for each condition, with an example that is valid", () => {
  const chapters = page("docs/conditions.md").split(/^## /gmu).slice(1);
  const told = chapters.flatMap((chapter) =>
    blocks(chapter, "yaml conditions").map((block) => [chapter, block] as const),
  );
  const types = Object.keys(CONDITIONS);
  expect(told.map(([chapter]) => chapter.split("\n")[0])).toEqual(types);
  expect(told.map(([, block]) => conditionsOf(block).map(({ type }) => type))).toEqual(types.map((type) => [type]));
});

/** The keys that a condition has beside its type and what narrows every one. */
const OWN_KEYS = conditionSchema.options.map(({ in: { shape } }) => {
  const keys = Object.keys(shape).filter((key) => key !== "type" && !Object.hasOwn(NARROWING, key));
  return { type: shape.type.value, keys };
});

test.each(OWN_KEYS)("the chapter of $type has a line for each of its keys: $keys", ({ type, keys }) => {
  const [, chapter = ""] = page("docs/conditions.md").split(`\n## ${type}\n`);
  const [own = ""] = chapter.split("\n## ");
  const told = keys.length === 0 ? [] : firstCells(table(own, "key|holds"));
  expect(new Set(told)).toEqual(new Set(keys.map((key) => `\`${key}\``)));
});

test("docs/conditions.md says of each condition what measures it through real sockets", () => {
  const told = table(page("docs/conditions.md"), "condition|measured|by");
  expect(told.map(([type]) => type)).toEqual(Object.keys(CONDITIONS).map((type) => `\`${type}\``));
});

test("what docs/conditions.md shows of match and during is valid", () => {
  const examples = blocks(page("docs/conditions.md"), "yaml narrowed").flatMap(conditionsOf);
  expect(examples.map(({ match, during }) => [match !== undefined, during !== undefined])).toEqual([
    [true, false],
    [false, true],
  ]);
});

test("docs/conditions.md has a line for each key that narrows a condition", () => {
  const [which, when] = page("docs/conditions.md")
    .split("## Which flows: match")
    .slice(1)
    .join("")
    .split("## When: during");
  const keys = [NARROWING.match, NARROWING.during].map((each) =>
    Object.keys(each.unwrap().in.shape).map((key) => `\`${key}\``),
  );
  expect([table(which ?? "", "key|fits"), table(when ?? "", "key|holds")].map(firstCells)).toEqual(keys);
});

function firstCells(rows: readonly (readonly string[])[]): readonly (string | undefined)[] {
  return rows.map(([first]) => first);
}

test.each(Object.keys(CONDITIONS))(
  "the condition %s is one file, one format and one test, each of that name",
  (type) => {
    const places = ["src/path/conditions", "src/profile/conditions"].map((folder) => `${folder}/${type}.ts`);
    const files = [...places, `test/path/conditions/${type}.test.ts`];
    expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
    expect(conditionSchema.options.map((option) => option.in.shape.type.value)).toContain(type);
  },
);

test.each(PAGES)("%s points only to what is there", (name) => {
  const targets = [...page(name).matchAll(/\]\((?!https?:)([^)#]+)/gu)].map((match) => match[1] ?? "");
  const missing = targets.filter((target) => !existsSync(path.join(ROOT, path.dirname(name), target)));
  expect(missing).toEqual([]);
});

/** The anchors of a page's headings, as code hosts make them. */
function anchorsOf(name: string): readonly string[] {
  return [...page(name).matchAll(/^#+ (.*)$/gmu)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

test.each(PAGES)("%s points only to chapters that are there", (name) => {
  const links = [...page(name).matchAll(/\]\((?!https?:)([^)#]*)#([^)]+)\)/gu)];
  const dead = links.filter(([, target = "", anchor = ""]) => {
    const pointed = target === "" ? name : path.join(path.dirname(name), target);
    return !anchorsOf(pointed).includes(anchor);
  });
  expect(dead.map(([link]) => link)).toEqual([]);
});

test.each(PAGES)("%s names only files of ours that are there", (name) => {
  const files = [...page(name).matchAll(/`((?:src|test|docs|profiles|scripts)\/[\w./-]+)`/gu)].map(
    (match) => match[1] ?? "",
  );
  expect(files.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
});

test("the example of the readme is the one that is run as a test", () => {
  expect(blocks(page("README.md"), "ts")).toEqual([page("test/e2e/example.test.ts")]);
});

test.each(blocks(page("docs/library.md"), "ts"))("an example of docs/library.md stands in a test: %s", (example) => {
  expect(unindented(page("test/e2e/library.test.ts"))).toContain(unindented(example));
});

test("docs/library.md names every value of the library", () => {
  const values = [...page("src/index.ts").matchAll(/export \{([^}]*)\}/gu)].flatMap(([, names = ""]) =>
    names.split(",").flatMap((name) => /^\s*(\w+)\s*$/u.exec(name)?.[1] ?? []),
  );
  expect(values.length).toBeGreaterThan(30);
  expect(values.filter((name) => !new RegExp(`\\b${name}\\b`, "u").test(page("docs/library.md")))).toEqual([]);
});

function unindented(text: string): string {
  return text.replaceAll(/^ +/gmu, "").trim();
}
