import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { brokenHeartbeats } from "../src/heartbeat/common-heartbeats.ts";
import { listProfiles } from "../src/live/profile-files.ts";
import type { Endings } from "../src/path/condition.ts";
import { PROFILE_CATEGORIES } from "../src/path/hop.ts";
import { pathLine } from "../src/profile/describe.ts";
import { idleTimeoutsOf, shortestIdleTimeoutMs } from "../src/profile/idle-timeouts.ts";
import { table } from "./support/markdown.ts";

const page = readFileSync(new URL("../docs/catalogue.md", import.meta.url), "utf8");
const profiles = listProfiles();
const figures = table(page, "figure of|idle time-out|at expiry|keepalives|profile");
const leftOut = table(page, "figure of|idle time-out|because");

/** Those that stand for no figure of their own: the control case, and two others in a row. */
const COMPOSED = ["carrier-13min-firewall-30min", "direct"];

const COUNTED: Readonly<Record<string, boolean>> = { counted: true, "not counted": false };

/** One word for both legs, `mixed` where they differ; an answer to the device goes with a reset of the server's leg. */
function wordOf({ toDevice, toServer }: Endings): string {
  if (typeof toDevice !== "string") return toServer === "reset" ? `respond:${toDevice.respond}` : "mixed";
  return toDevice === toServer ? toDevice : "mixed";
}

/** The least and the most seconds that a figure of the table admits. */
function range(figure: string): readonly [number, number] {
  const [first = NaN, second] = [...figure.matchAll(/\d+/gu)].map(Number);
  if (figure.startsWith("at most")) return [0, first];
  if (figure.startsWith("at least")) return [first, Infinity];
  return [first, second ?? first];
}

test("docs/catalogue.md tells every shipped profile with its path and what it breaks, by category", () => {
  const rows = PROFILE_CATEGORIES.flatMap((category) =>
    profiles
      .filter((profile) => profile.category === category)
      .map((profile) => {
        const broken = brokenHeartbeats(shortestIdleTimeoutMs(profile)).map((seconds) => seconds / 60);
        return [profile.name, category, pathLine(profile), broken.join(" ") || "none"];
      }),
  );
  expect(rows).toHaveLength(profiles.length);
  expect(table(page, "name|category|path|breaks")).toEqual(rows);
});

test("docs/catalogue.md explains every category", () => {
  expect(table(page, "category|holds").map(([category]) => category)).toEqual([...PROFILE_CATEGORIES]);
});

test("every figure of the survey has a profile, or a reason for having none, and stands there once", () => {
  const all = [...figures, ...leftOut].map(([figure]) => figure);
  expect(new Set(all).size).toBe(all.length);
  expect(all).toHaveLength(98);
  expect(leftOut.filter(([, , because = ""]) => because === "")).toEqual([]);
});

test("every profile stands for a figure of the survey, or is composed", () => {
  const told = figures.flatMap(([, , , , names = ""]) => names.split(", "));
  expect([...new Set([...told, ...COMPOSED])].toSorted()).toEqual(profiles.map(({ name }) => name).toSorted());
});

describe.each(figures)("the figure of %s", (_, figure = "", ending = "", keepalives = "", names = "") => {
  const own = names.split(", ").map((name) => profiles.find((profile) => profile.name === name));

  test.each(own)("is that of the profile $name", (profile) => {
    const [least, most] = range(figure);
    const seconds = (profile?.hops ?? []).flatMap(idleTimeoutsOf).map(({ idleTimeoutMs }) => idleTimeoutMs / 1000);
    expect(seconds.filter((each) => each >= least && each <= most)).not.toEqual([]);
  });

  test.each(own)("ends a flow as the profile $name does, which says what is assumed", (profile) => {
    const { hops = [], unverified = [] } = profile ?? {};
    const endings = hops.flatMap(idleTimeoutsOf).map(({ atExpiry }) => wordOf(atExpiry));
    const assumed = unverified.filter((each) => /assumed|inferred/u.test(each));
    expect(ending === "not stated" ? assumed.length > 0 : endings.join() === ending, endings.join()).toBe(true);
  });

  test.each(own)("counts keepalives as the profile $name does, which says what is not known", (profile) => {
    const { hops = [], unverified = [] } = profile ?? {};
    const counted = new Set(hops.flatMap(idleTimeoutsOf).map(({ refreshedByKeepalive }) => refreshedByKeepalive));
    expect(counted).toEqual(new Set([COUNTED[keepalives]]));
    const unknown = unverified.filter((each) => /[Ww]hether TCP keepalives/u.test(each));
    expect(unknown).toHaveLength(keepalives === "not stated" ? 1 : 0);
  });
});

test.each(profiles)("$name has a category and a source", ({ category, source }) => {
  expect(category).toBeDefined();
  expect(source).not.toBe("");
});
