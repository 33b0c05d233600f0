import { expect, test } from "vitest";
import { RecentMap } from "../../src/heartbeat/recent-map.ts";

test("holds as many entries as it may, and then forgets what was longest not touched", () => {
  const map = new RecentMap<string, number>(2);
  expect([map.set("a", 1), map.set("b", 2), map.set("a", 3)]).toEqual([undefined, undefined, undefined]);
  expect([...map.values()]).toEqual([2, 3]);
  expect(map.set("c", 4)).toBe(2);
  expect(map.get("b")).toBeUndefined();
  expect([...map.values()]).toEqual([3, 4]);
  expect(map.size).toBe(2);
});

test("is not touched by reading", () => {
  const map = new RecentMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  expect(map.get("a")).toBe(1);
  map.set("c", 3);
  expect(map.get("a")).toBeUndefined();
});
