import { assert, constantFrom, integer, property, sample } from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import type { Hop, Profile } from "../../src/path/hop.ts";
import { addCondition, changeCondition, conditionsOf, type Edit, removeCondition } from "../../src/profile/edit.ts";
import { conditions, profiles } from "../support/profile-arbitraries.ts";

const DROP = { toDevice: "drop", toServer: "drop" } as const;

function idle(idleTimeoutMs: number): ConditionSettings {
  return { type: "idle-timeout", idleTimeoutMs, atExpiry: DROP, refreshedBy: "either" };
}

const RESPONDING: ConditionSettings = {
  type: "idle-timeout",
  idleTimeoutMs: 60_000,
  atExpiry: { toDevice: { respond: 504 }, toServer: "reset" },
  refreshedBy: "either",
};

function profileOf(...hops: readonly Hop[]): Profile {
  return { name: "a-path", title: "A path", source: "a test", hops };
}

function hop(name: string, ...held: readonly ConditionSettings[]): Hop {
  return { name, kind: "firewall", conditions: held };
}

/** Conditions to be added, of every type. */
const ADDED = sample(conditions(), { numRuns: 60, seed: 2 });

const PROFILE = profileOf(hop("carrier", idle(1000), idle(2000)), hop("firewall", idle(3000)));

function named(settings: ConditionSettings, name: string): ConditionSettings {
  const given = { ...settings, name };
  return given;
}

function edited(edit: Edit): Profile {
  if (edit.kind !== "edited") throw new Error(`expected a profile, found ${JSON.stringify(edit)}`);
  return edit.profile;
}

function idsOf(profile: Profile): readonly string[] {
  return conditionsOf(profile).map(({ id }) => id);
}

describe("an id", () => {
  test("is hop and type, with a number from the second on", () => {
    expect(conditionsOf(PROFILE)).toEqual([
      { id: "carrier/idle-timeout", hop: "carrier", position: 0, settings: idle(1000) },
      { id: "carrier/idle-timeout-2", hop: "carrier", position: 1, settings: idle(2000) },
      { id: "firewall/idle-timeout", hop: "firewall", position: 0, settings: idle(3000) },
    ]);
  });

  test("is the name of a condition that has one", () => {
    expect(idsOf(profileOf(hop("carrier", named(idle(1000), "short"), idle(2000))))).toEqual([
      "short",
      "carrier/idle-timeout",
    ]);
  });

  test("is unique in every profile", () => {
    assert(property(profiles(), (profile) => new Set(idsOf(profile)).size === idsOf(profile).length));
  });
});

describe("adding", () => {
  test("puts a condition behind the others of its hop", () => {
    const edit = addCondition(PROFILE, { hop: "carrier", settings: idle(9000) });
    expect(edit).toMatchObject({ kind: "edited", hop: "carrier", position: 2 });
    expect(edited(edit).hops[0]).toEqual(hop("carrier", idle(1000), idle(2000), idle(9000)));
  });

  test("gives it its name, when no other has it", () => {
    const edit = addCondition(PROFILE, { hop: "carrier", settings: named(idle(9000), "short") });
    expect(idsOf(edited(edit))).toContain("short");
  });

  test("puts it where it is to be", () => {
    const edit = addCondition(PROFILE, { hop: "carrier", settings: idle(9000), position: 1 });
    expect(edited(edit).hops[0]).toEqual(hop("carrier", idle(1000), idle(9000), idle(2000)));
  });

  test("makes a hop that is not there, next to the server", () => {
    expect(edited(addCondition(PROFILE, { hop: "balancer", settings: idle(9000) })).hops.slice(2)).toEqual([
      { name: "balancer", kind: "network", conditions: [idle(9000)] },
    ]);
  });

  test("makes a hop of the kind that is told, and a reverse proxy at the end", () => {
    const proxied = edited(addCondition(PROFILE, { hop: "proxy", kind: "reverse-proxy", settings: RESPONDING }));
    expect(proxied.hops.map(({ name }) => name)).toEqual(["carrier", "firewall", "proxy"]);
    const more = edited(addCondition(proxied, { hop: "balancer", kind: "load-balancer", settings: idle(9000) }));
    expect(more.hops.map(({ kind }) => kind)).toEqual(["firewall", "firewall", "load-balancer", "reverse-proxy"]);
  });

  test("refuses a name that another condition has", () => {
    const profile = profileOf(hop("carrier", named(idle(1000), "short")));
    expect(addCondition(profile, { hop: "firewall", settings: named(idle(1000), "short") })).toEqual({
      kind: "taken",
      id: "short",
    });
  });

  test("refuses a place that is not there", () => {
    expect(addCondition(PROFILE, { hop: "carrier", settings: idle(9000), position: 3 })).toEqual({
      kind: "faults",
      faults: [{ path: ["position"], message: "found 3, expected 2 at most: the hop has 2 conditions" }],
    });
  });

  test("counts one condition as one", () => {
    const profile = profileOf(hop("carrier", idle(1000)));
    expect(addCondition(profile, { hop: "carrier", settings: idle(9000), position: 2 })).toMatchObject({
      faults: [{ message: "found 2, expected 1 at most: the hop has 1 condition" }],
    });
  });

  test("tells what the condition breaks, at the condition", () => {
    expect(addCondition(PROFILE, { hop: "carrier", settings: RESPONDING })).toMatchObject({
      kind: "faults",
      faults: [{ path: ["condition", "atExpiry"] }],
    });
  });

  test("tells what the hop breaks, at the hop", () => {
    expect(addCondition(PROFILE, { hop: "No hop", settings: idle(9000) })).toMatchObject({
      kind: "faults",
      faults: [{ path: ["hop"] }],
    });
  });

  test("tells what the hop breaks in another one, at the hop", () => {
    const proxied = edited(addCondition(PROFILE, { hop: "proxy", kind: "reverse-proxy", settings: RESPONDING }));
    expect(addCondition(proxied, { hop: "second", kind: "reverse-proxy", settings: idle(9000) })).toMatchObject({
      kind: "faults",
      faults: [{ path: ["hop"], message: expect.stringContaining("expected it at the last hop") }],
    });
  });

  test("takes no offence at what was there before, such as a hop of a toxic", () => {
    const toxic = profileOf(hop("carrier", idle(1000)), hop("toxic:lat", idle(1000)), hop("firewall", idle(1000)));
    expect(edited(addCondition(toxic, { hop: "new", settings: idle(9000) })).hops.map(({ name }) => name)).toEqual([
      "carrier",
      "toxic:lat",
      "firewall",
      "new",
    ]);
    expect(edited(changeCondition(toxic, "toxic:lat/idle-timeout", idle(2000))).hops[1]?.conditions).toEqual([
      idle(2000),
    ]);
    expect(addCondition(toxic, { hop: "carrier", settings: RESPONDING })).toEqual({
      kind: "faults",
      faults: [{ path: ["condition", "atExpiry"], message: expect.any(String) }],
    });
  });

  test("tells that a hop that is there is of another kind than was said", () => {
    expect(addCondition(PROFILE, { hop: "carrier", kind: "nat", settings: idle(9000) })).toEqual({
      kind: "faults",
      faults: [{ path: ["kind"], message: "found nat, expected firewall, which the hop carrier is already" }],
    });
    expect(addCondition(PROFILE, { hop: "carrier", kind: "firewall", settings: idle(9000) }).kind).toBe("edited");
  });

  test.each([16, 26])("tells at the hop that none fits beside %i others, and still changes those", (count) => {
    const full = profileOf(...Array.from({ length: count }, (_, index) => hop(`hop-${index}`, idle(1000))));
    expect(addCondition(full, { hop: "one-more", settings: idle(9000) })).toEqual({
      kind: "faults",
      faults: [{ path: ["hop"], message: `found a list of ${count + 1}, expected 16 hops at most` }],
    });
    expect(addCondition(full, { hop: "hop-0", settings: idle(9000) }).kind).toBe("edited");
  });
});

describe("changing", () => {
  test("puts a condition in another's place", () => {
    const edit = changeCondition(PROFILE, "carrier/idle-timeout-2", idle(9000));
    expect(edit).toMatchObject({ kind: "edited", hop: "carrier", position: 1 });
    expect(edited(edit).hops[0]).toEqual(hop("carrier", idle(1000), idle(9000)));
  });

  test("lets a condition keep its name, or take one that is free", () => {
    const profile = profileOf(hop("carrier", named(idle(1000), "short"), idle(2000)));
    expect(changeCondition(profile, "short", named(idle(1000), "short")).kind).not.toBe("taken");
    expect(changeCondition(profile, "short", named(idle(1000), "long")).kind).not.toBe("taken");
    expect(changeCondition(profile, "carrier/idle-timeout", named(idle(1000), "short"))).toEqual({
      kind: "taken",
      id: "short",
    });
  });

  test("knows no condition that is not there", () => {
    expect(changeCondition(PROFILE, "carrier/lifetime", idle(9000))).toEqual({ kind: "unknown" });
  });

  test("tells what the condition breaks", () => {
    expect(changeCondition(PROFILE, "firewall/idle-timeout", RESPONDING)).toMatchObject({
      kind: "faults",
      faults: [{ path: ["condition", "atExpiry"] }],
    });
  });
});

describe("removing", () => {
  test("takes a condition away", () => {
    const edit = removeCondition(PROFILE, "carrier/idle-timeout");
    expect(edit).toMatchObject({ kind: "edited", hop: "carrier", position: 0 });
    expect(edited(edit).hops[0]).toEqual(hop("carrier", idle(2000)));
  });

  test("takes the hop along with its last condition", () => {
    expect(edited(removeCondition(PROFILE, "firewall/idle-timeout")).hops.map(({ name }) => name)).toEqual(["carrier"]);
  });

  test("knows no condition that is not there", () => {
    expect(removeCondition(PROFILE, "nothing")).toEqual({ kind: "unknown" });
  });

  test("undoes any addition", () => {
    const names = constantFrom("carrier", "firewall", "balancer", "proxy", "another");
    assert(
      property(
        profiles(1),
        constantFrom(...ADDED),
        names,
        integer({ min: 0, max: 3 }),
        (profile, settings, name, position) => {
          const edit = addCondition(profile, { hop: name, settings, position });
          if (edit.kind !== "edited") return;
          const added = conditionsOf(edit.profile).find((each) => each.hop === name && each.position === edit.position);
          expect(edited(removeCondition(edit.profile, added?.id ?? ""))).toEqual(profile);
        },
      ),
    );
  });
});
