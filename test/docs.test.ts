import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../src/errors.ts";
import { CONDITIONS } from "../src/path/conditions/index.ts";
import { readProfile } from "../src/profile/reader.ts";
import { ALLOWED } from "./support/import-table.ts";
import { DIFFERENCES } from "./system/fidelity/differences.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(path.join(ROOT, "docs")).map((name) => `docs/${name}`),
  "certs/README.md",
];

function page(name: string): string {
  return readFileSync(path.join(ROOT, name), "utf8");
}

/** The rows of the table with this heading, cell by cell. */
function table(text: string, heading: string): readonly (readonly string[])[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => cells(line).join("|") === heading);
  expect(start, `no table ${heading}`).toBeGreaterThan(0);
  const length = lines.slice(start).findIndex((line) => !line.startsWith("|"));
  return lines.slice(start + 2, length < 0 ? undefined : start + length).map(cells);
}

function cells(line: string): readonly string[] {
  return line.startsWith("|")
    ? line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim())
    : [];
}

function byName(left = "", right = ""): number {
  return left.localeCompare(right);
}

/** Fenced blocks of a kind, such as `yaml profile`. */
function blocks(text: string, kind: string): readonly string[] {
  return [...text.matchAll(/^( *)```(.+)\n([\s\S]*?)^ *```$/gmu)]
    .filter((match) => match[2] === kind)
    .map((match) => match[3] ?? "");
}

test("there are pages", () => {
  expect(PAGES.length).toBeGreaterThan(8);
});

test("the error codes of docs/architecture.md are those of the program, with what they mean", () => {
  const told = table(page("docs/architecture.md"), "code|means|exit code").map(([code, means]) => [code, means]);
  expect(told).toEqual(Object.entries(ERROR_CODES));
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

test("the shipped profiles are those that docs/profiles.md lists", () => {
  const told = table(page("docs/profiles.md"), "name|path|source").map(([name]) => name);
  const shipped = readdirSync(path.join(ROOT, "profiles")).filter((name) => name.endsWith(".yaml"));
  expect(told.toSorted(byName)).toEqual(shipped.map((name) => name.replace(".yaml", "")).toSorted(byName));
});

test("docs/conditions.md has a chapter for each condition, with an example that is valid", () => {
  const text = page("docs/conditions.md");
  expect([...text.matchAll(/^## (.+)$/gmu)].map((match) => match[1])).toEqual(Object.keys(CONDITIONS));
  const examples = blocks(text, "yaml conditions").map((block) => block.replaceAll(/^/gmu, "      "));
  expect(examples).toHaveLength(Object.keys(CONDITIONS).length);
  for (const example of examples) {
    const profile = `name: a\ntitle: b\nsource: c\nhops:\n  - name: d\n    kind: nat\n    conditions:\n${example}`;
    expect(readProfile(profile, "docs/conditions.md").hops[0]?.conditions).toHaveLength(1);
  }
});

test.each(PAGES)("%s points only to what is there", (name) => {
  const targets = [...page(name).matchAll(/\]\((?!https?:)([^)#]+)/gu)].map((match) => match[1] ?? "");
  const missing = targets.filter((target) => !existsSync(path.join(ROOT, path.dirname(name), target)));
  expect(missing).toEqual([]);
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
