import { expect, test } from "vitest";
import { z } from "zod";
import { closed } from "../../src/profile/closed.ts";
import { READING, faultsOf } from "../../src/profile/issues.ts";

const messages = (schema: z.ZodType, value: unknown) =>
  faultsOf(schema.safeParse(value, READING).error?.issues ?? [], ["at"]).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );

const shapes = z.discriminatedUnion("type", [
  closed({ type: z.literal("loss"), share: z.number().min(0).max(1) }),
  closed({ type: z.literal("delay"), far: z.boolean() }),
]);

test.each([
  ["a number too small", z.number().min(1), 0, ["at: found 0, expected 1 at least"]],
  ["a number at its open border", z.number().gt(1), 1, ["at: found 1, expected more than 1"]],
  ["a number too large", z.number().max(1), 2, ["at: found 2, expected 1 at most"]],
  ["a text too short", z.string().min(2), "a", ['at: found "a", expected 2 characters at least']],
  ["a list too long", z.array(z.string()).max(0), ["a"], ["at: found a list of 1, expected 0 entries at most"]],
  ["a wrong type", z.number(), "a", ['at: found "a", expected a number']],
  ["a type without a name of ours", z.bigint(), true, ["at: found true, expected bigint"]],
  ["nothing", z.string(), null, ["at: found nothing, expected text"]],
  ["a schema's own words", z.string().regex(/a/u, "an a"), "b", ['at: found "b", expected an a']],
  ["a default message", z.number().multipleOf(2), 3, [/^at: found 3, expected .*2/u]],
  ["a member of a union", shapes, { type: "loss", share: 2 }, ["at.share: found 2, expected 1 at most"]],
  [
    "no member of a union",
    shapes,
    { type: "los" },
    ['at.type: found "los", expected loss or delay; did you mean loss?'],
  ],
  [
    "a key too many",
    closed({ near: z.string() }),
    { near: "", naer: 1, x: 2 },
    ['at.naer: found the unknown key "naer", expected near', 'at.x: found the unknown key "x", expected near'],
  ],
])("%s is said as what was found and what was expected", (_, schema, value, expected) => {
  const found = messages(schema, value);
  expect(found).toHaveLength(expected.length);
  for (const [index, each] of expected.entries()) expect(found[index]).toMatch(each);
});

test("nothing given at all is said as nothing found", () => {
  const { error } = z.string().safeParse(undefined, READING);
  expect(faultsOf(error?.issues ?? [])).toEqual([{ path: [], message: "found nothing, expected text" }]);
});
