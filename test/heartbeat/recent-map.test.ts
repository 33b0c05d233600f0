import * as fc from "fast-check";
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

test("forgets in the order of touching, whatever is touched", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(9), { maxLength: 200 }), (capacity, keys) => {
      const map = new RecentMap<number, number>(capacity);
      let model: readonly (readonly [key: number, value: number])[] = [];
      for (const [value, key] of keys.entries()) {
        model = [...model.filter(([each]) => each !== key), [key, value]];
        expect(map.set(key, value)).toBe(model.length > capacity ? model[0]?.[1] : undefined);
        model = model.slice(-capacity);
        expect([...map.values()]).toEqual(model.map((entry) => entry[1]));
        expect([map.size, map.get(key)]).toEqual([model.length, value]);
      }
    }),
  );
});
