import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type During, isDuring, nextTurn } from "../../src/path/during.ts";

/** The instants in a row at which a window opens and closes, and whether it is open from then on. */
function turns(
  during: During,
  startedAt: number,
  count: number,
  from = -Infinity,
): readonly (readonly [number, boolean])[] {
  const rows: (readonly [number, boolean])[] = [];
  for (let at = nextTurn(during, startedAt, from); at !== undefined && rows.length < count;) {
    rows.push([at, isDuring(during, startedAt, at)]);
    at = nextTurn(during, startedAt, at);
  }
  return rows;
}

test.each<[string, During, readonly (readonly [number, boolean])[]]>([
  ["nothing", {}, [[1000, true]]],
  ["from 200", { fromMs: 200 }, [[1200, true]]],
  [
    "until 300",
    { untilMs: 300 },
    [
      [1000, true],
      [1300, false],
    ],
  ],
  [
    "from 200 until 300",
    { fromMs: 200, untilMs: 300 },
    [
      [1200, true],
      [1300, false],
    ],
  ],
  [
    "from 200 until 300 every 1000",
    { fromMs: 200, untilMs: 300, everyMs: 1000 },
    [
      [1200, true],
      [1300, false],
      [2200, true],
      [2300, false],
    ],
  ],
  [
    "from 200 every 1000",
    { fromMs: 200, everyMs: 1000 },
    [
      [1200, true],
      [2000, false],
      [2200, true],
      [3000, false],
    ],
  ],
  [
    "until 300 every 1000",
    { untilMs: 300, everyMs: 1000 },
    [
      [1000, true],
      [1300, false],
      [2000, true],
      [2300, false],
    ],
  ],
])("a window that names %s opens and closes when it says, from the start at 1000", (_, during, expected) => {
  expect(turns(during, 1000, 4)).toEqual(expected);
});

describe("a window from 200 until 300, on a timeline from 1000 on", () => {
  test.each([
    [0, false],
    [1199, false],
    [1200, true],
    [1299, true],
    [1300, false],
  ])("is open, or not, at %i", (now, open) => {
    expect(isDuring({ fromMs: 200, untilMs: 300 }, 1000, now)).toBe(open);
  });
});

test("a timeline that stands still opens no window", () => {
  expect([isDuring({}, undefined, 5), nextTurn({}, undefined, 5)]).toEqual([false, undefined]);
});

test("a window is open from the turn that opened it to the one that closes it, whatever rounding does to fractions", () => {
  const window = fc
    .tuple(fc.nat(1000), fc.integer({ min: 1, max: 1000 }), fc.nat(1000))
    .map(([fromMs, length, rest]) => ({ fromMs, untilMs: fromMs + length, everyMs: fromMs + length + rest }));
  fc.assert(
    fc.property(window, fc.double({ min: 0, max: 1e9, noNaN: true }), fc.nat(1_000_000), (during, startedAt, later) => {
      const rows = turns(during, startedAt, 6, startedAt + later);
      expect(rows).toHaveLength(6);
      for (const [index, [at, open]] of rows.entries()) {
        const [next = Infinity] = rows[index + 1] ?? [];
        expect(next).toBeGreaterThan(at);
        expect(isDuring(during, startedAt, (at + Math.min(next, at + 0.5)) / 2)).toBe(open);
      }
    }),
  );
});
