import { describe, expect, test } from "vitest";
import { CONDITIONS } from "../../src/path/conditions/index.ts";
import { mayDelay, preparePath } from "../../src/path/path-hop.ts";
import { both, delaying, hopOf, idle, idleHop } from "./flows.ts";
import { SAMPLES } from "./samples.ts";

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

test.each(Object.values(SAMPLES).filter(({ type }) => type !== "refuse"))(
  "the table's line $type gives a condition that stands still while nothing happens",
  (settings) => {
    const [hop] = preparePath([{ name: "hop", kind: "network", conditions: [settings] }]);
    const [prepared] = hop?.conditions ?? [];
    expect(prepared?.type).toBe(settings.type);
    const condition = prepared?.open({ createdAt: 0 });
    expect(condition?.onDeadline(999)).toEqual({ kind: "pass" });
  },
);

test("there is a sample of every line of the table", () => {
  expect(Object.keys(SAMPLES)).toEqual(Object.keys(CONDITIONS));
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
