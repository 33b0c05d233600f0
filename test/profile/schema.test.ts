import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { profileJsonSchema } from "../../src/profile/schema.ts";

test("the JSON Schema beside the profiles is the one made from the schema", () => {
  const text = readFileSync(new URL("../../profiles/profile.schema.json", import.meta.url), "utf8");
  expect(JSON.parse(text), "run npm run docs").toEqual(profileJsonSchema());
});
