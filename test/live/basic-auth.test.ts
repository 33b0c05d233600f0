import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";
import { formatBasic, parseBasic } from "../../src/live/basic-auth.ts";

test("writes the example of RFC 7617, and its UTF-8 one", () => {
  expect(formatBasic({ user: "Aladdin", password: "open sesame" })).toBe("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  expect(formatBasic({ user: "test", password: "123£" })).toBe("Basic dGVzdDoxMjPCow==");
});

test("reads what it wrote", () => {
  const text = string({ unit: "grapheme" }).filter((value) => !/\p{Cc}/u.test(value));
  const user = text.filter((value) => value !== "" && !value.includes(":"));
  assert(
    property(user, text, (name, password) => {
      expect(parseBasic(formatBasic({ user: name, password }))).toEqual({ user: name, password });
    }),
    { numRuns: 100 },
  );
});

test.each([
  ["a scheme in any case", "bASIC YTpi", { user: "a", password: "b" }],
  ["a password with colons", "Basic YTpiOmM=", { user: "a", password: "b:c" }],
  ["no password", "Basic YTo=", { user: "a", password: "" }],
  ["nothing", undefined, undefined],
  ["another scheme", "Bearer YTpi", undefined],
  ["no user", "Basic OmI=", undefined],
  ["no colon", "Basic YWI=", undefined],
  ["what is not base64", "Basic a*b", undefined],
  ["nothing behind the scheme", "Basic ", undefined],
  ["control characters", `Basic ${Buffer.from("a\n:b").toString("base64")}`, undefined],
])("reads %s", (_title, value, expected) => {
  expect(parseBasic(value)).toEqual(expected);
});
