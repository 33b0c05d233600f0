import { expect, test } from "vitest";
import { writeCondition } from "../../src/profile/conditions/index.ts";
import { patchCondition, readCondition } from "../../src/profile/read-condition.ts";

const WRITTEN = {
  type: "idle-timeout",
  idleTimeout: "13m",
  atExpiry: { toDevice: "reset", toServer: "drop" },
  match: { user: ["ann"], deviceType: ["SP", "PocketPC"] },
};

/** The condition above with a patch over it, as a profile spells it; or the places of its faults. */
function patched(patch: Readonly<Record<string, unknown>>): unknown {
  const reading = readCondition(WRITTEN);
  if (reading.kind === "faults") return reading.faults;
  const next = patchCondition(reading.settings, patch);
  return next.kind === "condition" ? writeCondition(next.settings) : next.faults.map(({ path }) => path.join("/"));
}

test.each([
  [{}, {}],
  [{ idleTimeout: "5m" }, { idleTimeout: "5m" }],
  [{ match: { user: "bob" } }, { match: { user: ["bob"], deviceType: ["SP", "PocketPC"] } }],
  [{ match: { user: null } }, { match: { deviceType: ["SP", "PocketPC"] } }],
  [{ match: { deviceType: ["iPhone"] } }, { match: { user: ["ann"], deviceType: ["iPhone"] } }],
  [{ atExpiry: { toServer: "reset" } }, { atExpiry: "reset" }],
  [{ atExpiry: "close" }, { atExpiry: "close" }],
  [{ during: { from: "1m", until: null } }, { during: { from: "1m" } }],
])("a patch %j changes what it names, inside mappings too", (patch, changed) => {
  const before = patched({});
  expect(before).toMatchObject({ idleTimeout: "13m", match: WRITTEN.match });
  expect(patched(patch)).toEqual(Object.assign({}, before, changed));
});

test("a patch takes a setting away with null", () => {
  expect(patched({ match: null })).not.toHaveProperty("match");
});

test.each([
  [{ idleTimeout: null }, ["condition/idleTimeout"]],
  [{ idleTimeout: "1y", delay: "1s" }, ["condition/delay", "condition/idleTimeout"]],
  [{ match: { colour: "red" } }, ["condition/match/colour"]],
  [{ match: "all" }, ["condition/match"]],
])("a patch %j is refused with every fault", (patch, places) => {
  expect(patched(patch)).toEqual(expect.arrayContaining(places));
});

test("a condition that is none is refused with its faults", () => {
  expect(readCondition({ ...WRITTEN, idleTimeout: 13 })).toMatchObject({
    kind: "faults",
    faults: [{ path: ["condition", "idleTimeout"] }],
  });
});
