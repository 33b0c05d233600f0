import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

/** Who may import whom; what is not named here is denied. `node:` stands for all of Node's own modules. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  "errors.ts": [],
  path: ["core", "errors.ts"],
  http: ["core", "errors.ts"],
  activesync: ["core", "errors.ts"],
  heartbeat: ["core", "activesync"],
  profile: ["core", "errors.ts", "path", "zod", "yaml"],
  sizing: ["core", "path", "heartbeat", "profile"],
  report: ["core", "heartbeat", "sizing"],
  metrics: ["core", "heartbeat", "path", "prom-client"],
  live: [
    "core",
    "errors.ts",
    "path",
    "http",
    "activesync",
    "heartbeat",
    "profile",
    "node:",
    "http-proxy",
    "node-forge",
    "pino",
    "pino-pretty",
  ],
  control: ["core", "errors.ts", "heartbeat", "profile", "path", "hono", "@hono/node-server"],
  cli: [
    "core",
    "errors.ts",
    "path",
    "http",
    "activesync",
    "heartbeat",
    "profile",
    "sizing",
    "report",
    "live",
    "control",
    "metrics",
    "node:",
    "yargs",
    "zod",
    "yaml",
  ],
  "index.ts": ["core", "errors.ts", "path", "heartbeat", "profile", "sizing", "live", "metrics"],
};

/** Packages with one home. */
const HOMES: Readonly<Record<string, RegExp>> = {
  "http-proxy": /^live\/rewriter/u,
  "node-forge": /^live\/certificates/u,
  pino: /^live\/log/u,
  "pino-pretty": /^live\/log/u,
};

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
