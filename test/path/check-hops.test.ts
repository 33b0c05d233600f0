import { expect, test } from "vitest";
import { checkHops } from "../../src/path/check-hops.ts";
import { HOP_KINDS, type Hop, type HopKind } from "../../src/path/hop.ts";
import { both, idle, RESPOND } from "./flows.ts";

function hop(name: string, kind: HopKind, ...endings: readonly (typeof RESPOND)[]): Hop {
  return { name, kind, conditions: endings.map((atExpiry) => idle(1000, atExpiry)) };
}

test.each([
  ["no hop", []],
  ["one hop of each kind", HOP_KINDS.map((kind) => hop(kind, kind, both("drop"), both("reset")))],
  ["a last hop that responds", [hop("carrier", "nat", both("drop")), hop("proxy", "reverse-proxy", RESPOND)]],
])("finds no fault with %s", (_, hops) => {
  expect(checkHops(hops)).toEqual([]);
});

test.each(HOP_KINDS.filter((kind) => kind !== "reverse-proxy"))("finds fault with a %s that responds", (kind) => {
  expect(checkHops([hop("carrier", "nat"), hop("edge", kind, both("drop"), RESPOND)])).toEqual([
    {
      pointer: "/1/conditions/1/atExpiry",
      message: `found respond at hop 2 of 2, kind ${kind}: expected it at the last hop, kind reverse-proxy, which terminates TLS`,
    },
  ]);
});

test("finds fault with a reverse proxy that responds in front of another hop", () => {
  expect(checkHops([hop("proxy", "reverse-proxy", RESPOND), hop("firewall", "firewall")])).toMatchObject([
    { pointer: "/0/conditions/0/atExpiry", message: expect.stringContaining("hop 1 of 2, kind reverse-proxy") },
  ]);
});

test("finds every name that another hop has already, and every fault at once", () => {
  const hops = [hop("a", "nat"), hop("b", "nat", RESPOND), hop("a", "nat"), hop("a", "firewall")];
  const message = 'found "a", the name of hop 1: expected a name that no other hop has';
  expect(checkHops(hops)).toEqual([
    { pointer: "/1/conditions/0/atExpiry", message: expect.stringContaining("hop 2 of 4") },
    { pointer: "/2/name", message },
    { pointer: "/3/name", message },
  ]);
});

test("finds every name that a condition before has, in its hop or another, but none of conditions without one", () => {
  const named = (name?: string) => ({ ...idle(1000, both("drop")), ...(name === undefined ? {} : { name }) });
  const hops: readonly Hop[] = [
    { name: "a", kind: "nat", conditions: [named(), named(), named("night")] },
    { name: "b", kind: "nat", conditions: [named("night"), named("day"), named("day")] },
    { name: "a", kind: "nat", conditions: [named()] },
  ];
  const fault = (name: string) =>
    `found "${name}", the name of a condition before it: expected a name that no other condition has`;
  expect(checkHops(hops)).toEqual([
    { pointer: "/1/conditions/0/name", message: fault("night") },
    { pointer: "/1/conditions/2/name", message: fault("day") },
    { pointer: "/2/name", message: expect.stringContaining('found "a"') },
  ]);
});
