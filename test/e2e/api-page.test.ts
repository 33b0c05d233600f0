import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { OPERATIONS } from "../../src/control/api/operations.ts";
import { type ApiStage, setApiStage } from "../support/api-stage.ts";

const PAGE = readFileSync(new URL("../../docs/api.md", import.meta.url), "utf8");

/** Every example: a request, and the answer below it, of which the page shows what matters. */
const EXAMPLES = [
  ...PAGE.matchAll(/^```http\n(\w+) \/api\/v1(\S+)\n([\s\S]*?)^```\n\n```json (\d+)\n([\s\S]*?)^```$/gmu),
].map(([, method = "", path = "", body = "", status = "", answer = ""]) => ({
  method,
  path,
  body: body.trim(),
  status: Number(status),
  answer: answer.trim() === "" ? {} : JSON.parse(answer),
}));

let api: ApiStage;

beforeAll(async () => {
  api = await setApiStage();
  await api.stage.joined("db");
});

afterAll(() => api[Symbol.asyncDispose]());

test("the page lists every operation, as the API describes it", () => {
  const rows = [...PAGE.matchAll(/^\| (GET|POST|PUT|PATCH|DELETE) +\| `(\S+)` +\| `(\w+)` +\| (.*?) +\|$/gmu)];
  expect(rows.map((row) => row.slice(1))).toEqual(
    OPERATIONS.map(({ method, path, name, summary }) => [method.toUpperCase(), path, name, summary]),
  );
});

test("every request of the page has its answer below it", () => {
  expect(EXAMPLES.length).toBe([...PAGE.matchAll(/^```http$/gmu)].length);
  expect(EXAMPLES.length).toBeGreaterThan(8);
});

describe("the examples, one after the other", () => {
  test.each(EXAMPLES)("$method $path is answered with $status", async ({ method, path, body, status, answer }) => {
    const answered = await api.ask(method, path, body === "" ? undefined : body);
    expect(answered.status).toBe(status);
    expect(answered.body ?? {}).toMatchObject(answer);
  });
});
