import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";

const DRAWS = 20_000;

function draw(random: Random, count: number): readonly number[] {
  return Array.from({ length: count }, () => random.next());
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function u32(value: bigint): bigint {
  return BigInt.asUintN(32, value);
}

/** sfc32 over splitmix32 once more, written down from their definitions with unbounded integers. */
function* definition(seed: bigint): Generator<bigint, never> {
  let state = u32(seed);
  const split = (): bigint => {
    state = u32(state + 0x9e3779b9n);
    const once = u32((state ^ (state >> 16n)) * 0x21f0aaadn);
    const twice = u32((once ^ (once >> 15n)) * 0x735a2d97n);
    return twice ^ (twice >> 15n);
  };
  let [a, b, c, counter] = [split(), split(), split(), 1n];
  for (;;) {
    const output = u32(a + b + counter);
    counter = u32(counter + 1n);
    a = b ^ (b >> 9n);
    b = u32(c + (c << 3n));
    c = u32(u32((c << 21n) | (c >> 11n)) + output);
    yield output;
  }
}

test.each([0, 1, 42, -1, 2 ** 31, 2 ** 32 - 1])("seed %i gives the sequence that the definition gives", (seed) => {
  const expected = definition(BigInt(seed));
  for (let round = 0; round < 12; round += 1) expected.next();
  const outputs = draw(new Random(seed), 1000).map((value) => BigInt(value * 2 ** 32));
  expect(outputs).toEqual(Array.from({ length: 1000 }, () => expected.next().value));
});

test("the same seed gives the same sequence, another seed another", () => {
  expect(draw(new Random(7), 100)).toEqual(draw(new Random(7), 100));
  expect(draw(new Random(7), 100)).not.toEqual(draw(new Random(8), 100));
});

test("numbers lie evenly from 0 inclusive to 1 exclusive", () => {
  const values = draw(new Random(1), DRAWS);
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  const tenths = Array.from({ length: 10 }, (_, tenth) => values.filter((value) => Math.floor(value * 10) === tenth));
  for (const tenth of tenths) expect(Math.abs(tenth.length - DRAWS / 10)).toBeLessThan(DRAWS / 100);
});

test("whole numbers reach both bounds and stay between them", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: -1000, max: 1000 }), fc.nat(5), (seed, low, span) => {
      const random = new Random(seed);
      const values = new Set(Array.from({ length: 400 }, () => random.integer(low, low + span)));
      expect([...values].sort((left, right) => left - right)).toEqual(
        Array.from({ length: span + 1 }, (_, index) => low + index),
      );
    }),
  );
});

test("waiting times are above 0, finite, and of the mean asked for", () => {
  const random = new Random(3);
  const values = Array.from({ length: DRAWS }, () => random.exponential(500));
  expect(Math.min(...values)).toBeGreaterThan(0);
  expect(Math.max(...values)).toBeLessThan(Infinity);
  expect(Math.abs(mean(values) - 500)).toBeLessThan(20);
  const longerThanMean = values.filter((value) => value > 500).length / DRAWS;
  expect(Math.abs(longerThanMean - Math.exp(-1))).toBeLessThan(0.02);
});

describe("a fork", () => {
  test("hangs on the seed and its label alone, not on what was drawn before", () => {
    const drawn = new Random(5);
    draw(drawn, 10);
    expect(draw(drawn.fork("mail"), 20)).toEqual(draw(new Random(5).fork("mail"), 20));
  });

  test("does not disturb its parent", () => {
    const parent = new Random(5);
    draw(parent.fork("mail"), 10);
    expect(draw(parent, 20)).toEqual(draw(new Random(5), 20));
  });

  test("differs from its parent, from other labels, other seeds and forks of its own", () => {
    const parent = new Random(5);
    const sources = [
      parent,
      parent.fork(""),
      parent.fork("a"),
      parent.fork("b"),
      parent.fork("ab"),
      parent.fork("a").fork("b"),
      new Random(6).fork("a"),
    ];
    expect(new Set(sources.map((source) => draw(source, 3).join(" "))).size).toBe(sources.length);
  });
});
