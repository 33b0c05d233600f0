import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Condition, Verdict } from "../../src/path/condition.ts";
import type { PathHop } from "../../src/path/path-hop.ts";
import { Path } from "../../src/path/path.ts";
import type { Segment } from "../../src/path/segment.ts";
import { both, delaying, entering, hopOf, judging, type Sent, told, toldBy } from "./flows.ts";

/** Splits data after so many bytes, and says of a piece that is no longer what it is told to. */
function splitting(atBytes: number, judge: (segment: Segment, now: number) => Verdict = () => ({ kind: "pass" })) {
  return judging((segment, now) =>
    segment.kind === "data" && segment.sizeBytes > atBytes ? { kind: "split", atBytes } : judge(segment, now),
  );
}

function cutting(hops: readonly PathHop[]): Path<string> {
  return new Path<string>(hops, { createdAt: 0 }, (text, at) => [text.slice(0, at), text.slice(at)]);
}

function toldOf(hops: readonly PathHop[], sent: readonly Sent[], until = 1000) {
  return toldBy(cutting(hops), sent, until);
}

/** A condition that says of each piece, one after the other, what is next in a list. */
function inTurn(atBytes: number, ...verdicts: readonly Verdict[]): () => Condition {
  let turn = 0;
  return splitting(atBytes, () => verdicts[turn++] ?? { kind: "pass" });
}

describe("a segment that is split", () => {
  test("goes on piece by piece, in its order, each through all that is behind", () => {
    expect(toldOf([hopOf("near", splitting(3)), hopOf("far", splitting(2))], [[0, "device", "abcdefgh"]])).toEqual([
      [0, "server gets ab"],
      [0, "server gets c"],
      [0, "server gets de"],
      [0, "server gets f"],
      [0, "server gets gh"],
    ]);
  });

  test("passes the other conditions of its hop in pieces, and the other way as well", () => {
    const hops = [hopOf("hop", splitting(3), delaying(10), splitting(2))];
    expect(toldOf(hops, [[0, "server", "abcd"]])).toEqual([
      [10, "device gets ab"],
      [10, "device gets c"],
      [10, "device gets d"],
    ]);
  });

  test("has its pieces delayed each by itself", () => {
    const hop = hopOf("hop", inTurn(2, { kind: "delay", until: 20 }, { kind: "delay", until: 50 }, { kind: "pass" }));
    expect(toldOf([hop], [[0, "device", "abcdef"]])).toEqual([
      [20, "server gets ab"],
      [50, "server gets cd"],
      [50, "server gets ef"],
    ]);
  });

  test("loses what comes behind a piece that is dropped", () => {
    expect(toldOf([hopOf("hop", inTurn(2, { kind: "pass" }, { kind: "drop" }))], [[0, "device", "abcdef"]])).toEqual([
      [0, "server gets ab"],
      [0, "hop swallows cd toServer"],
      [0, "hop swallows ef toServer"],
    ]);
  });

  test("may be dropped with its last piece", () => {
    expect(toldOf([hopOf("hop", inTurn(2, { kind: "pass" }, { kind: "drop" }))], [[0, "device", "abcd"]])).toEqual([
      [0, "server gets ab"],
      [0, "hop swallows cd toServer"],
    ]);
  });

  test.each([
    ["drop", []],
    [
      "reset",
      [
        [0, "device gets rst"],
        [0, "server gets rst"],
      ],
    ],
  ] as const)("dies from the piece on at which the hop ends the flow (%s)", (ending, legs) => {
    const hop = hopOf("hop", inTurn(2, { kind: "pass" }, { kind: "end", endings: both(ending) }));
    expect(toldOf([hop], [[0, "device", "abcdef"]])).toEqual([
      [0, "server gets ab"],
      [0, "ended by hop"],
      ...legs,
      [0, "hop swallows cd toServer"],
      [0, "hop swallows ef toServer"],
    ]);
  });

  test("is answered with one RST where the hop resets who sends", () => {
    const hop = hopOf("hop", inTurn(2, { kind: "pass" }, { kind: "end", endings: both("reset-on-next") }));
    expect(toldOf([hop], [[0, "device", "abcdef"]])).toEqual([
      [0, "server gets ab"],
      [0, "ended by hop"],
      [0, "hop swallows cd toServer"],
      [0, "device gets rst"],
      [0, "hop swallows ef toServer"],
    ]);
  });

  test("carries its whole payload in each piece where nobody says how it is cut", () => {
    expect(told([hopOf("hop", splitting(3))], [[0, "device", "abcd"]], 0).map(([, what]) => what)).toEqual([
      "server gets abcd",
      "server gets abcd",
    ]);
  });
});

test("a split that is none is a bug, and said to be one", () => {
  const path = cutting([
    hopOf(
      "hop",
      judging(() => ({ kind: "split", atBytes: 3 })),
    ),
  ]);
  expect(() => path.handle(entering("device", "abc"), 0)).toThrow("found a split of 3 bytes at 3");
  expect(() => path.handle(entering("device", "fin"), 0)).toThrow("found a split of fin at 3");
});

test("however data is split and delayed, it arrives byte by byte as it was sent", () => {
  const condition = fc.oneof(
    fc.integer({ min: 1, max: 9 }).map((atBytes) => splitting(atBytes)),
    fc.nat(20).map((delayMs) => delaying(delayMs)),
    fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.nat(20))
      .map(([atBytes, delayMs]) => splitting(atBytes, (_, now) => ({ kind: "delay", until: now + delayMs }))),
  );
  const hops = fc.array(fc.array(condition, { maxLength: 3 }), { maxLength: 3 });
  const sends = fc.array(
    fc.tuple(fc.nat(9), fc.string({ minLength: 1, maxLength: 30, unit: fc.constantFrom("a", "b", "c") })),
  );
  fc.assert(
    fc.property(hops, sends, (drawn, texts) => {
      let at = 0;
      const sent = texts.map(([waitMs, text]): Sent => [(at += waitMs), "device", text]);
      const path = cutting(drawn.map((opens, index) => hopOf(`hop ${index}`, ...opens)));
      const rows = toldBy(path, sent, 10_000);
      expect(rows.map(([, what]) => what.slice("server gets ".length)).join("")).toBe(
        texts.map(([, text]) => text).join(""),
      );
      expect(rows.every(([, what]) => what.startsWith("server gets "))).toBe(true);
    }),
  );
});
