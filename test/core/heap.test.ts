import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Heap } from "../../src/core/heap.ts";

const byValue = (left: number, right: number): boolean => left < right;

function drained(heap: Heap<number>): readonly number[] {
  const items: number[] = [];
  for (let item = heap.pop(); item !== undefined; item = heap.pop()) items.push(item);
  return items;
}

test("an empty heap has nothing to show or to give", () => {
  const heap = new Heap(byValue);
  expect(heap.size).toBe(0);
  expect(heap.peek()).toBeUndefined();
  expect(heap.pop()).toBeUndefined();
});

test("peek shows the first item and leaves it in", () => {
  const heap = new Heap(byValue);
  heap.push(2);
  heap.push(1);
  expect(heap.peek()).toBe(1);
  expect(heap.size).toBe(2);
});

test("a heap that was emptied can be filled again", () => {
  const heap = new Heap(byValue);
  heap.push(1);
  expect(drained(heap)).toEqual([1]);
  heap.push(3);
  heap.push(2);
  expect(drained(heap)).toEqual([2, 3]);
});

test("whatever goes in comes out sorted, also when pushes and pops take turns", () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer(), { nil: undefined })), (steps) => {
      const heap = new Heap(byValue);
      const model: number[] = [];
      for (const step of steps) {
        const popped = step === undefined ? heap.pop() : undefined;
        const expected = step === undefined ? model.shift() : undefined;
        if (step !== undefined) {
          heap.push(step);
          model.push(step);
          model.sort((left, right) => left - right);
        }
        expect([popped, heap.size, heap.peek()]).toEqual([expected, model.length, model[0]]);
      }
      expect(drained(heap)).toEqual(model);
    }),
  );
});
