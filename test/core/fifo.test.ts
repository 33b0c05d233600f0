import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Fifo } from "../../src/core/fifo.ts";

test("gives its items in the order they came, as an array does", () => {
  const calls = fc.array(fc.oneof(fc.constant("shift" as const), fc.record({ item: fc.integer() })));
  fc.assert(
    fc.property(calls, (each) => {
      const fifo = new Fifo<object>();
      const model: object[] = [];
      for (const call of each) {
        const taken = [fifo, model].map((queue) => (call === "shift" ? queue.shift() : void queue.push(call)));
        expect(taken[0]).toBe(taken[1]);
        expect([fifo.first, fifo.length]).toEqual([model[0], model.length]);
      }
    }),
  );
});
