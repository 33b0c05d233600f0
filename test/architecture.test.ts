import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ALLOWED, HOMES } from "./support/import-table.ts";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

const sources = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

function homeOf(file: string): string {
  return file.split(path.sep)[0] ?? file;
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(path.join(SRC, file), "utf8");
  const found = text.matchAll(/(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s+)?"([^"]+)"|import\("([^"]+)"\)/gu);
  return [...found].map((match) => match[1] ?? match[2] ?? "");
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith(".")) {
    const target = path.join(path.dirname(file), specifier);
    return target.split(path.sep)[0] ?? target;
  }
  if (specifier.startsWith("node:") || builtinModules.includes(specifier)) return "node:";
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
}

test("there are source files, and only in folders that the import table names", () => {
  expect(sources.length).toBeGreaterThan(20);
  expect(Object.keys(ALLOWED)).toEqual(expect.arrayContaining(sources.map(homeOf)));
});

test.each(sources)("%s imports only what its folder may import", (file) => {
  const home = homeOf(file);
  const allowed = new Set([home, ...(ALLOWED[home] ?? [])]);
  const denied = importsOf(file).filter((specifier) => !allowed.has(targetOf(file, specifier)));
  expect(denied).toEqual([]);
});

test.each(sources)("%s imports a package only where that package is at home", (file) => {
  const strangers = importsOf(file).filter((specifier) => {
    const only = HOMES[targetOf(file, specifier)];
    return only !== undefined && !only.test(file.replaceAll(path.sep, "/"));
  });
  expect(strangers).toEqual([]);
});

test.each(sources)("%s names our own files with their ending", (file) => {
  const ours = importsOf(file).filter((specifier) => specifier.startsWith("."));
  expect(ours.filter((specifier) => !specifier.endsWith(".ts"))).toEqual([]);
});

/** Files of ours that must have run before this one: those of which it takes more than types. */
function neededBy(file: string): readonly string[] {
  const text = readFileSync(path.join(SRC, file), "utf8");
  const found = text.matchAll(/^(?:import|export)\s+(?!type\s)([^"';]*?)\sfrom\s+"(\.[^"]+)";/gmu);
  return [...found].flatMap(([, names = "", specifier = ""]) => {
    const values = names
      .replaceAll(/[{}]/gu, "")
      .split(",")
      .map((name) => name.trim());
    if (values.every((name) => name === "" || name.startsWith("type "))) return [];
    return [path.join(path.dirname(file), specifier)];
  });
}

/** The way from a file back to itself, `undefined` when there is none. */
function circleOf(file: string): readonly string[] | undefined {
  const seen = new Set<string>();
  const waiting = [[file]];
  for (let way = waiting.pop(); way !== undefined; way = waiting.pop()) {
    for (const next of neededBy(way.at(-1) ?? file)) {
      if (next === file) return [...way, next];
      if (!seen.has(next)) waiting.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

test("no file needs itself to have run before", () => {
  expect(sources.flatMap((file) => circleOf(file)?.join(" needs ") ?? [])).toEqual([]);
});
