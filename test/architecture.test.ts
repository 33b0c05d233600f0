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

test("there are source files in every folder that the import table names", () => {
  const folders = new Set(sources.map((file) => file.split(path.sep)[0]));
  expect(sources.length).toBeGreaterThan(20);
  for (const folder of folders) expect(Object.keys(ALLOWED)).toContain(folder);
});

test.each(sources)("%s imports only what its folder may import", (file) => {
  const home = file.split(path.sep)[0] ?? file;
  const allowed = ALLOWED[home] ?? [];
  for (const specifier of importsOf(file)) {
    const target = targetOf(file, specifier);
    if (target === home) continue;
    expect(allowed, `${file} imports ${specifier}`).toContain(target);
    const only = HOMES[target];
    if (only !== undefined) expect(file.replaceAll(path.sep, "/")).toMatch(only);
  }
});

test.each(sources.filter((file) => file !== "index.ts"))("%s names its own files with their ending", (file) => {
  for (const specifier of importsOf(file)) {
    if (specifier.startsWith(".")) expect(specifier).toMatch(/\.ts$/u);
  }
});
