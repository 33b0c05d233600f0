import { describe, expect, test } from "vitest";
import { CONDITIONS } from "../../src/path/conditions/index.ts";
import { mayDelay, preparePath } from "../../src/path/path-hop.ts";
import { both, delaying, hopOf, idle, idleHop } from "./flows.ts";

test("a path is made ready hop by hop, in order, each condition by its line in the table", () => {
  const hops = preparePath([idleHop("carrier", idle(1000, both("drop")), idle(2000, both("drop"))), idleHop("wire")]);
  expect(hops.map(({ name, kind }) => [name, kind])).toEqual([
    ["carrier", "firewall"],
    ["wire", "firewall"],
  ]);
  expect(hops.map(({ conditions }) => conditions.map(({ type }) => type))).toEqual([
    ["idle-timeout", "idle-timeout"],
    [],
  ]);
  const deadlines = hops[0]?.conditions.map((condition) => condition.open({ createdAt: 10 }).nextDeadline());
  expect(deadlines).toEqual([1010, 2010]);
});

test("every line of the table gives conditions that stand still while nothing happens", () => {
  const hops = preparePath([idleHop("every condition", idle(1000, both("drop")))]);
  const types = hops.flatMap(({ conditions }) => conditions.map(({ type }) => type));
  expect(types).toEqual(Object.keys(CONDITIONS));
  for (const condition of hops.flatMap(({ conditions }) => conditions)) {
    expect(condition.open({ createdAt: 0 }).onDeadline(0)).toEqual({ kind: "pass" });
  }
});

describe("a path may delay segments", () => {
  test.each([
    ["none without hops", [], false],
    ["none of idle time-outs only", preparePath([idleHop("firewall", idle(1000, both("drop")))]), false],
    ["one with a delay in any hop", [hopOf("wire"), hopOf("radio", delaying(1))], true],
  ])("%s", (_, hops, expected) => {
    expect(mayDelay(hops)).toBe(expected);
  });
});
