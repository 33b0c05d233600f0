import * as fc from "fast-check";
import { expect, test } from "vitest";
import { nextOccurrence, periodAt } from "../../src/path/occurrence.ts";

test.each([
  [100, 0],
  [1099, 0],
  [1100, 1],
  [2099, 1],
  [2100, 2],
])("with periods of 1000 from 100 on, %i lies in number %i", (now, period) => {
  expect(periodAt(100, 1000, now)).toBe(period);
});

test("what does not repeat has one period", () => {
  expect(periodAt(100, undefined, 1e9)).toBe(0);
});

test.each([
  [0, 600],
  [599, 600],
  [600, 1600],
  [1599, 1600],
  [1600, 2600],
])("what happens at 500 of every 1000, from 100 on, happens after %i at %i", (now, next) => {
  expect(nextOccurrence(100, 500, 1000, now)).toBe(next);
});

test.each([
  [599, 600],
  [600, undefined],
])("what happens once, at 500 from 100 on, happens after %i at %s", (now, next) => {
  expect(nextOccurrence(100, 500, undefined, now)).toBe(next);
});

test("an instant that has come is never the next one, whatever rounding does to fractions", () => {
  const start = fc.double({ min: 0, max: 1e9, noNaN: true });
  const ms = fc.integer({ min: 1, max: 1_000_000 });
  fc.assert(
    fc.property(start, ms, ms, fc.nat(10_000), (startedAt, offsetMs, everyMs, count) => {
      const at = nextOccurrence(startedAt, offsetMs, everyMs, startedAt + count * everyMs);
      const next = nextOccurrence(startedAt, offsetMs, everyMs, at ?? NaN);
      expect((next ?? NaN) - (at ?? NaN)).toBeCloseTo(everyMs, 3);
    }),
  );
});
