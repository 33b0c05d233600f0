import { assert, property } from "fast-check";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CONDITIONS } from "../../src/path/conditions/index.ts";
import { conditionSchema } from "../../src/profile/conditions/index.ts";
import { readProfile, readProfileValue } from "../../src/profile/reader.ts";
import { profileText, writeCondition, writeProfile } from "../../src/profile/writer.ts";
import { CONDITION_TYPES, conditions, profiles } from "../support/profile-arbitraries.ts";

const SHIPPED = new URL("../../profiles/", import.meta.url);
const FILES = readdirSync(SHIPPED).filter((file) => file.endsWith(".yaml"));

test("there are shipped profiles, and every condition is generated", () => {
  expect(FILES.length).toBeGreaterThan(5);
  expect(CONDITION_TYPES.toSorted()).toEqual(Object.keys(CONDITIONS).toSorted());
});

test.each(FILES)("%s is the same when it is written and read back", (file) => {
  const profile = readProfile(readFileSync(new URL(file, SHIPPED), "utf8"), file);
  expect(readProfileValue(writeProfile(profile))).toEqual({ kind: "profile", profile });
  expect(readProfile(profileText(profile), file)).toEqual(profile);
});

test.each(CONDITION_TYPES)("any %s is the same when it is written and read back", (type) => {
  assert(
    property(conditions(type), (settings) => {
      expect(conditionSchema.parse(writeCondition(settings))).toEqual(settings);
    }),
  );
});

test("any profile is the same when it is written and read back, as a value and as a text", () => {
  assert(
    property(profiles(), (profile) => {
      expect(readProfileValue(writeProfile(profile))).toEqual({ kind: "profile", profile });
      expect(readProfile(profileText(profile), "generated.yaml")).toEqual(profile);
    }),
  );
});

describe("a condition", () => {
  test.each([
    ["drop", "drop"],
    [{ respond: 504 }, { respond: 504 }],
    [
      { toDevice: "drop", toServer: "reset" },
      { toDevice: "drop", toServer: "reset" },
    ],
    [{ toDevice: "close", toServer: "close" }, "close"],
    [
      { toDevice: { respond: 502 }, toServer: "drop" },
      { toDevice: { respond: 502 }, toServer: "drop" },
    ],
  ] as const)("that ends with %j is written with %j", (atExpiry, written) => {
    const settings = conditionSchema.parse({ type: "idle-timeout", idleTimeout: "13m", atExpiry });
    expect(writeCondition(settings)).toEqual({
      type: "idle-timeout",
      idleTimeout: "13m",
      atExpiry: written,
    });
  });
});

test("the text of a profile has a condition a line", () => {
  const profile = readProfile(readFileSync(new URL("carrier-13min.yaml", SHIPPED), "utf8"), "carrier-13min.yaml");
  expect(profileText(profile)).toContain("\n      - { type: idle-timeout, idleTimeout: 13m, atExpiry: drop }\n");
});
