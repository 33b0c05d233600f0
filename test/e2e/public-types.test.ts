import { expect, test } from "vitest";
import { exportedNames, mentionedBy } from "../support/declarations.ts";

/** What types are computed from; nobody has to write these names. */
const MACHINERY = ["Changed", "SettingsOf", "CommandRequest", "conditionSchema", "profileSchema"];

const EXPORTED = exportedNames();

test("whatever a type of the library names can be named by who uses it", () => {
  const known = new Set([...EXPORTED.map(({ name }) => name), ...MACHINERY]);
  const missing = EXPORTED.flatMap((each) =>
    mentionedBy(each)
      .filter((name) => !known.has(name))
      .map((name) => `${name}, of ${each.name}`),
  );
  expect(EXPORTED.length).toBeGreaterThan(100);
  expect(missing).toEqual([]);
});
