import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { blackHole, type BlackHoleSettings } from "../../../src/path/conditions/black-hole.ts";
import { preparePath } from "../../../src/path/path-hop.ts";
import { Path } from "../../../src/path/path.ts";
import { both, flowAt, SETUP, toldBy } from "../flows.ts";
import { breachOf, courseOf } from "./lone.ts";

const toldUnder = (...course: Parameters<typeof courseOf>) => courseOf(...course).rows;

function hole(more: Partial<BlackHoleSettings> = {}): BlackHoleSettings {
  return { type: "black-hole", direction: "toDevice", atEnd: both("close"), ...more };
}

const CLOSED = (at: number) =>
  [
    [at, "ended by hop"],
    [at, "device gets fin"],
    [at, "server gets fin"],
  ] as const;

test("data of its direction is swallowed, and the other direction is left alone", () => {
  const sent = [
    [10, "device", "ask"],
    [20, "server", "answer"],
    [30, "server", "more"],
    [40, "device", "again"],
  ] as const;
  expect(toldUnder(hole(), sent, 100_000)).toEqual([
    [10, "server gets ask"],
    [20, "hop swallows answer toDevice"],
    [30, "hop swallows more toDevice"],
    [40, "server gets again"],
  ]);
});

test.each([
  [[], 1000],
  [[[400, "server", "abc"]], 1400],
  [
    [
      [400, "server", "abc"],
      [1399, "server", "abc"],
    ],
    2399,
  ],
  [[[400, "device", "abc"]], 1000],
] as const)("after %j the flow ends at %i, for a silence of 1000 ms", (sent, at) => {
  const told = toldUnder(hole({ endAfterMs: 1000 }), sent, 100_000);
  expect(told.slice(-3)).toEqual(CLOSED(at));
});

describe("the sender's FIN", () => {
  test("ends the flow, before and after data was swallowed", () => {
    const first = toldUnder(hole(), [[10, "server", "fin"]], 1000);
    expect(first).toEqual([...CLOSED(10), [10, "hop swallows fin toDevice"]]);
    const later = toldUnder(
      hole(),
      [
        [10, "server", "abc"],
        [20, "server", "fin"],
      ],
      1000,
    );
    expect(later).toEqual([[10, "hop swallows abc toDevice"], ...CLOSED(20), [20, "hop swallows fin toDevice"]]);
  });

  test("passes in the other direction", () => {
    expect(toldUnder(hole(), [[10, "device", "fin"]], 1000)).toEqual([[10, "server gets fin"]]);
  });
});

test("an RST passes, unless data was swallowed before it", () => {
  expect(toldUnder(hole(), [[10, "server", "rst"]], 1000)).toEqual([[10, "device gets rst"]]);
  const sent = [
    [10, "server", "abc"],
    [20, "server", "rst"],
  ] as const;
  expect(toldUnder(hole(), sent, 1000)).toEqual([
    [10, "hop swallows abc toDevice"],
    [20, "hop swallows rst toDevice"],
  ]);
});

test("both directions are swallowed when both are concerned", () => {
  const sent = [
    [10, "device", "ask"],
    [20, "server", "answer"],
  ] as const;
  expect(toldUnder(hole({ direction: "both" }), sent, 1000)).toEqual([
    [10, "hop swallows ask toServer"],
    [20, "hop swallows answer toDevice"],
  ]);
});

test("data that another condition cut into pieces is swallowed piece by piece", () => {
  const slice = { type: "slice", direction: "both", sizeBytes: 2, variationBytes: 0, pauseMs: 0 } as const;
  const hops = preparePath([{ name: "hop", kind: "network", conditions: [slice, hole()] }]);
  const path = new Path<string>(hops, { createdAt: 0 }, (text, at) => [text.slice(0, at), text.slice(at)]);
  expect(toldBy(path, [[0, "server", "abcd"]], 1000)).toEqual([
    [0, "hop swallows ab toDevice"],
    [0, "hop swallows cd toDevice"],
  ]);
});

test("narrowed to flows that it does not draw it swallows nothing, and of those that it draws it hears what follows", () => {
  const none = hole({});
  const skipped = { ...none, match: { shareOf: "flows", skip: 1 } } as const;
  expect(toldUnder(skipped, [[10, "server", "abc"]], 1000)).toEqual([[10, "device gets abc"]]);
  const drawn = toldUnder(
    { ...none, match: { share: 1, shareOf: "flows" } },
    [
      [10, "server", "abc"],
      [20, "server", "fin"],
    ],
    1000,
  );
  expect(drawn.map(([, what]) => what)).toContain("ended by hop");
});

test("turned off, it hears no more of what follows what it swallowed, which stays lost", () => {
  const sent = [
    [10, "server", "abc"],
    [60, "server", "def"],
    [70, "server", "fin"],
  ] as const;
  expect(toldUnder({ ...hole(), during: { untilMs: 50 } }, sent, 1000)).toEqual([
    [10, "hop swallows abc toDevice"],
    [60, "hop swallows def toDevice"],
    [70, "hop swallows fin toDevice"],
  ]);
});

test("early and repeated calls of its deadline do nothing", () => {
  const condition = blackHole.prepare(hole({ endAfterMs: 1000 }), SETUP)(flowAt(5000));
  expect([condition.nextDeadline(), condition.onDeadline(5999)]).toEqual([6000, { kind: "pass" }]);
  expect(condition.onDeadline(6000)).toEqual({ kind: "end", endings: both("close") });
  expect([condition.nextDeadline(), condition.onDeadline(7000)]).toEqual([undefined, { kind: "pass" }]);
});

test("the laws of every condition hold", () => {
  const settings = fc.record(
    {
      type: fc.constant("black-hole" as const),
      direction: fc.constantFrom("both", "toServer", "toDevice"),
      endAfterMs: fc.integer({ min: 1, max: 500 }),
      atEnd: fc.constantFrom(both("close"), both("reset"), both("drop")),
    },
    { requiredKeys: ["type", "direction", "atEnd"] },
  );
  expect(breachOf(settings, { longestWaitMs: 100, until: 1_000_000, mayDrop: true })).toBeUndefined();
});
