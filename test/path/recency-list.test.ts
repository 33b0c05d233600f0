import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type Place, RecencyList } from "../../src/path/recency-list.ts";

test("an empty list has no first", () => {
  expect([new RecencyList().first, new RecencyList().size]).toEqual([undefined, 0]);
});

test("its first is the one that was used longest ago, through any uses and removals", () => {
  const step = fc.tuple(fc.constantFrom("add", "use", "remove"), fc.nat(20));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const list = new RecencyList<number>();
      const places = new Map<number, Place<number>>();
      for (const [what, item] of steps) {
        const place = places.get(item);
        places.delete(item);
        if (place === undefined) places.set(item, list.add(item));
        else if (what === "remove") list.remove(place);
        else {
          list.use(place);
          places.set(item, place);
        }
        expect([list.first, list.size]).toEqual([[...places.keys()][0], places.size]);
      }
    }),
  );
});
