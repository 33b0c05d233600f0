import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DCLinter } from "dclint";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";

const FILES = ["docker-compose.yml", "docker-compose.kernel.yml"];

/** The order of keys and services is the reader's, as quotes are; the port of the devices is meant to be open to all. */
const MATTERS_OF_TASTE = {
  "no-build-and-image": 0,
  "no-unbound-port-interfaces": 0,
  "require-project-name-field": 0,
  "require-quotes-in-ports": 0,
  "service-dependencies-alphabetical-order": 0,
  "service-keys-order": 0,
  "service-ports-alphabetical-order": 0,
  "services-alphabetical-order": 0,
  "top-level-properties-order": 0,
} as const;

const linter = new DCLinter({ rules: { ...MATTERS_OF_TASTE }, quiet: true, debug: false, exclude: [] });
let directory: string;

beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "idlewall-compose-"));
});

afterAll(() => rmSync(directory, { recursive: true }));

function pathOf(file: string): string {
  return fileURLToPath(new URL(`../../${file}`, import.meta.url));
}

const RESULTS = z.array(z.object({ messages: z.array(z.object({ rule: z.string(), message: z.string() })) }));

function faultsOf(file: string): readonly string[] {
  const results = RESULTS.parse(linter.lintFiles([file], false));
  return results.flatMap(({ messages }) => messages.map(({ rule, message }) => `${rule}: ${message}`));
}

test.each(FILES)("%s fits the Compose Specification's schema, and what its linter asks", (file) => {
  expect(faultsOf(pathOf(file))).toEqual([]);
});

test("the schema would find a key that is misspelt", () => {
  const file = path.join(directory, "docker-compose.yml");
  writeFileSync(file, readFileSync(pathOf("docker-compose.yml"), "utf8").replace("read_only: true", "readonly: true"));
  expect(faultsOf(file).join("\n")).toMatch(/^invalid-schema: .*"\/services\/\S+".*additional properties/u);
});
