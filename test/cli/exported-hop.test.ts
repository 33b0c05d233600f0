import { expect, test } from "vitest";
import { exportedHop } from "../../src/cli/commands/profiles/exported-hop.ts";
import { readProfile } from "../../src/profile/reader.ts";

const profile = readProfile(
  `name: own
title: a
source: b
hops:
  - { name: edge, kind: nat, conditions: [{ type: idle-timeout, idleTimeout: 2s, refreshedByKeepalive: true }] }
  - { name: between, kind: network, conditions: [] }
  - name: both
    kind: firewall
    conditions:
      - { type: idle-timeout, idleTimeout: 3s, refreshedBy: toServer }
      - { type: idle-timeout, idleTimeout: 3s, refreshedBy: toDevice }
`,
  "own.yaml",
);
const [edge, between, both] = profile.hops;
const alone = (hops: typeof profile.hops) => ({ ...profile, hops });

const EDGE = {
  profile: "own",
  source: "b",
  hop: "edge",
  kind: "nat",
  idleTimeoutMs: 2000,
  atExpiry: { toDevice: "drop", toServer: "drop" },
  refreshedBy: "either",
  refreshedByKeepalive: true,
};

test("the hop that is named is exported, with all that its idle time-out says", () => {
  expect(exportedHop(profile, "edge")).toEqual(EDGE);
});

test("the only hop that does anything need not be named", () => {
  expect(exportedHop(alone([edge, between].filter((hop) => hop !== undefined)), undefined)).toEqual(EDGE);
});

test.each([
  ["no hop that does anything", alone([]), undefined, "found no hop of own that does anything, expected one to export"],
  ["several, and none is named", profile, undefined, "found 2 hops in own, expected --hop to name one: edge or both"],
  [
    "a name that no hop has",
    profile,
    "edg",
    '--hop: found "edg" for own, expected edge, between or both; did you mean edge?',
  ],
  [
    "a name on an empty path",
    alone([]),
    "edge",
    '--hop: found "edge" for own, expected none, because its path is empty',
  ],
  ["a hop that does nothing", profile, "between", "found no idle time-out at hop between of own, expected one"],
  ["a hop with two idle time-outs", profile, "both", "found 2 idle time-outs at hop both of own, expected one"],
])("is refused with %s", (_, given, hopName, message) => {
  expect(both?.conditions).toHaveLength(2);
  expect(() => exportedHop(given, hopName)).toThrow(expect.objectContaining({ code: "E_USAGE", message }));
});

test("a condition that says more than an export can is refused, not shortened", () => {
  const conditions = (edge?.conditions ?? []).map((condition) => ({ ...condition, match: { share: 0.5 } }));
  const narrowed = alone([{ name: "edge", kind: "nat", conditions }]);
  expect(() => exportedHop(narrowed, undefined)).toThrow(
    "found match in condition 1 of hop edge, expected none: exports can't say it",
  );
});
