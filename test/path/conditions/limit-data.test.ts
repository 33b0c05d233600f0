import * as fc from "fast-check";
import { expect, test } from "vitest";
import { limitData, type LimitDataSettings } from "../../../src/path/conditions/limit-data.ts";
import { both, flowAt, SETUP } from "../flows.ts";
import { breachOf, courseOf } from "./lone.ts";

const toldUnder = (...course: Parameters<typeof courseOf>) => courseOf(...course).rows;

function limit(limitBytes: number, direction: LimitDataSettings["direction"] = "toDevice"): LimitDataSettings {
  return { type: "limit-data", direction, limitBytes, atLimit: both("close") };
}

const CLOSED = ["ended by hop", "device gets fin", "server gets fin"] as const;

function after(settings: LimitDataSettings, ...data: readonly string[]): readonly string[] {
  const sent = data.map((text, index) => [index, "server", text] as const);
  return toldUnder(settings, sent, 1000).map(([, what]) => what);
}

test("less than the limit passes", () => {
  expect(after(limit(6), "abc", "de")).toEqual(["device gets abc", "device gets de"]);
});

test("the flow ends behind the byte that reaches the limit", () => {
  expect(after(limit(5), "abc", "de")).toEqual(["device gets abc", "device gets de", ...CLOSED]);
});

test("data beyond the limit is cut there, and the flow ends", () => {
  const told = ["device gets abc", "device gets de", ...CLOSED, "hop swallows fgh toDevice"];
  expect(after(limit(5), "abc", "defgh")).toEqual(told);
});

test("a limit of nothing lets nothing pass", () => {
  expect(after(limit(0), "abc")).toEqual([...CLOSED, "hop swallows abc toDevice"]);
});

test("the other direction is not counted, and of both each is for itself", () => {
  const sent = [
    [0, "device", "abcdef"],
    [1, "server", "abc"],
    [2, "server", "de"],
  ] as const;
  expect(toldUnder(limit(4), sent, 1000).map(([, what]) => what)).toEqual([
    "server gets abcdef",
    "device gets abc",
    "device gets d",
    ...CLOSED,
    "hop swallows e toDevice",
  ]);
  expect(toldUnder(limit(4, "both"), sent.slice(1), 1000).map(([, what]) => what)).toContain("device gets d");
  expect(
    toldUnder(limit(4, "both"), sent, 1000)
      .map(([, what]) => what)
      .slice(0, 2),
  ).toEqual(["server gets abcd", "ended by hop"]);
});

test("a FIN at the limit passes, and is no byte", () => {
  const sent = [
    [0, "server", "abc"],
    [1, "server", "fin"],
  ] as const;
  expect(toldUnder(limit(4), sent, 1000).map(([, what]) => what)).toEqual(["device gets abc", "device gets fin"]);
});

test("asked early or without a limit reached there is nothing to do", () => {
  const condition = limitData.prepare(limit(3), SETUP)(flowAt(0));
  expect([condition.nextDeadline(), condition.onDeadline(0)]).toEqual([undefined, { kind: "pass" }]);
});

test("the laws of every condition hold", () => {
  const settings = fc.record({
    type: fc.constant("limit-data" as const),
    direction: fc.constantFrom("both", "toServer", "toDevice"),
    limitBytes: fc.nat(20_000),
    atLimit: fc.constantFrom(both("close"), both("reset"), both("drop")),
  });
  expect(breachOf(settings, { longestWaitMs: 100, until: 1_000_000, mayDrop: true })).toBeUndefined();
});
