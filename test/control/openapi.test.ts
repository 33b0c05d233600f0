import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { openApiDocument } from "../../src/control/api/openapi.ts";
import { API_ROOT, type Operation } from "../../src/control/api/operation.ts";
import { OPERATIONS } from "../../src/control/api/operations.ts";
import { setApiStage } from "../support/api-stage.ts";

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly components: { readonly schemas: Readonly<Record<string, DescribedSchema>> };
}

interface DescribedSchema {
  readonly properties?: Readonly<Record<string, { readonly pattern?: string }>>;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, object>>;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the validator below checks it as a whole
const DOCUMENT = openApiDocument(OPERATIONS, "0.0.0") as Document;

function described({ path, method }: Operation): DescribedOperation | undefined {
  return DOCUMENT.paths[path]?.[method];
}

test("the document is valid OpenAPI 3.1", async () => {
  const validator = new Validator();
  // The validator wants a value that it may change.
  const result = await validator.validate({ ...structuredClone(DOCUMENT) });
  expect(result).toEqual({ valid: true });
  expect(validator.version).toBe("3.1");
});

test("every reference of the document leads somewhere, and every schema is referred to", () => {
  const text = JSON.stringify(DOCUMENT);
  const referred = [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/gu)].map((match) => match[1]);
  expect(text.match(/"\$ref":"(?!#\/components\/schemas\/)/gu)).toBeNull();
  expect(new Set(referred)).toEqual(new Set(Object.keys(DOCUMENT.components.schemas)));
});

test("says what every tag is about, and what shape every answer has", () => {
  const tags = OPERATIONS.map(({ tag }) => tag);
  expect(new Set(DOCUMENT.tags.map(({ name }) => name))).toEqual(new Set(tags));
  for (const { description } of DOCUMENT.tags) expect(description).toMatch(/^[A-Z].{10,}/u);
  const shapeless = OPERATIONS.filter(({ answers }) =>
    Object.entries(answers).some(([status, { schema }]) => status !== "204" && schema === undefined),
  );
  expect(shapeless.map(({ name }) => name)).toEqual([]);
});

test.each([
  ["NewListener", "name", "Data.Base"],
  ["NewListener", "listen", "nonsense"],
  ["NewListener", "target", "db:0"],
  ["ListenerChange", "target", "db"],
  ["NewCondition", "hop", "No hop"],
])("tells clients that %s takes as %s no %j", (schema, key, value) => {
  const pattern = DOCUMENT.components.schemas[schema]?.properties?.[key]?.pattern ?? "";
  expect(pattern).not.toBe("");
  expect(value).not.toMatch(new RegExp(pattern, "u"));
});

test("every operation has a name of its own", () => {
  const names = OPERATIONS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(25);
});

test("the server serves the document that it is described by", async () => {
  await using api = await setApiStage();
  const { status, body } = await api.ask("GET", "/openapi.json");
  expect(status).toBe(200);
  expect(body).toEqual(JSON.parse(JSON.stringify(DOCUMENT)));
});

describe("every described operation is there, and answers as described", () => {
  test.each(OPERATIONS.map((each) => [`${each.method.toUpperCase()} ${each.path}`, each] as const))(
    "%s",
    async (_, operation) => {
      await using api = await setApiStage();
      const path = API_ROOT + operation.path.replace("{name}", "db").replace("{id}", "1");
      const answer = await fetch(`${api.admin.url}${path}`, {
        method: operation.method.toUpperCase(),
        ...(operation.body !== undefined && { headers: { "content-type": "application/json" }, body: "{}" }),
      });
      await answer.body?.cancel();
      expect(Object.keys(described(operation)?.responses ?? {})).toContain(`${answer.status}`);
      expect(answer.status).not.toBe(405);
      expect(answer.status).toBeLessThan(500);
    },
  );
});

test("what is described nowhere is not there", async () => {
  await using api = await setApiStage();
  for (const path of Object.keys(DOCUMENT.paths)) {
    const methods = Object.keys(DOCUMENT.paths[path] ?? {}).map((method) => method.toUpperCase());
    const others = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((method) => !methods.includes(method));
    for (const method of others) {
      const { status, headers } = await api.ask(method, path.replace("{name}", "db").replace("{id}", "1"));
      expect([method, path, status]).toEqual([method, path, 405]);
      expect(
        headers
          .get("allow")
          ?.split(", ")
          .filter((each) => each !== "HEAD"),
      ).toEqual(methods);
    }
  }
  expect((await api.ask("GET", "/nothing")).status).toBe(404);
  expect((await api.ask("POST", "/nothing")).status).toBe(404);
});
