import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PASS } from "../../../src/path/condition.ts";
import { latency, type LatencySettings } from "../../../src/path/conditions/latency.ts";
import { SETUP } from "../flows.ts";
import { courseOf, data, everyKind, breachOf, seeded } from "./lone.ts";

const FIXED: LatencySettings = { type: "latency", delayMs: 100, jitterMs: 0, distribution: "fixed", direction: "both" };

/** The delays of many segments. */
function delaysOf(settings: LatencySettings, count = 20_000): readonly number[] {
  const condition = latency.prepare(settings, SETUP)(seeded(7));
  return Array.from({ length: count }, () => {
    const verdict = condition.onSegment(data("toServer"), 5000);
    return verdict.kind === "delay" ? verdict.until - 5000 : NaN;
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

test("every segment goes on one delay later, FIN and RST too", () => {
  const condition = latency.prepare(FIXED, SETUP)(seeded(1));
  for (const segment of [...everyKind("toServer"), ...everyKind("toDevice")]) {
    expect(condition.onSegment(segment, 5000)).toEqual({ kind: "delay", until: 5100 });
  }
  expect([condition.nextDeadline(), condition.onDeadline(6000)]).toEqual([undefined, PASS]);
});

test.each([
  ["toServer", [100, 0]],
  ["toDevice", [0, 100]],
] as const)("a latency %s leaves the other direction alone", (direction, [toServer, toDevice]) => {
  const sent = [
    [0, "device", "ask"],
    [0, "server", "answer"],
  ] as const;
  const { rows } = courseOf({ ...FIXED, direction }, sent, 1000);
  expect(rows).toContainEqual([toServer, "server gets ask"]);
  expect(rows).toContainEqual([toDevice, "device gets answer"]);
});

test("segments keep their order, however their delays fall", () => {
  const sent = Array.from({ length: 50 }, (_, index) => [index, "device", `#${index}`] as const);
  const { rows } = courseOf({ ...FIXED, jitterMs: 90, distribution: "uniform" }, sent, 1000);
  expect(rows.map(([, what]) => what)).toEqual(sent.map(([, , what]) => `server gets ${what}`));
  expect(new Set(rows.map(([at]) => at)).size).toBeLessThan(50);
});

describe("single delays of 1000 ms with a jitter of 100", () => {
  const of = (distribution: LatencySettings["distribution"]) =>
    delaysOf({ ...FIXED, delayMs: 1000, jitterMs: 100, distribution });

  test("lie evenly within the jitter when uniform", () => {
    const delays = of("uniform");
    expect(mean(delays)).toBeCloseTo(1000, -1);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(900);
    expect(Math.max(...delays)).toBeLessThan(1100);
    expect(delays.filter((delay) => delay < 950).length / delays.length).toBeCloseTo(0.25, 1);
  });

  test("have the jitter as their standard deviation when normal, and lie within four of them", () => {
    const delays = of("normal");
    expect(mean(delays)).toBeCloseTo(1000, -1);
    expect(Math.sqrt(mean(delays.map((delay) => (delay - 1000) ** 2)))).toBeCloseTo(100, -1);
    expect(delays.every((delay) => delay >= 600 && delay <= 1400)).toBe(true);
    expect(delays.filter((delay) => Math.abs(delay - 1000) < 100).length / delays.length).toBeCloseTo(0.683, 1);
  });

  test("lie mostly a little below the middle and seldom far above it when pareto", () => {
    const delays = of("pareto");
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(1000 - 200 / 3);
    expect(Math.max(...delays)).toBe(1400);
    expect(mean(delays)).toBeCloseTo(1000 - 3.3, -1);
    expect(delays.filter((delay) => delay < 1000).length / delays.length).toBeCloseTo(1 - 1.5 ** -3, 1);
  });
});

test("a jitter larger than the delay never makes a segment arrive before it was sent", () => {
  const delays = delaysOf({ ...FIXED, delayMs: 10, jitterMs: 100, distribution: "normal" }, 1000);
  expect(Math.min(...delays)).toBe(0);
});

test("flows of one seed are delayed alike, flows of another one differently", () => {
  const settings: LatencySettings = { ...FIXED, jitterMs: 50, distribution: "pareto" };
  const first = (seed: number) => latency.prepare(settings, SETUP)(seeded(seed)).onSegment(data("toServer"), 0);
  expect(first(3)).toEqual(first(3));
  expect(first(3)).not.toEqual(first(4));
});

test("4 MiB may be under way in a direction", () => {
  expect(latency.prepare(FIXED, SETUP)(seeded(1)).queueBytes).toBe(4 * 1024 * 1024);
});

test("the laws of every condition hold", () => {
  const settings = fc
    .record({
      delayMs: fc.integer({ min: 1, max: 300 }),
      jitterMs: fc.integer({ min: 1, max: 300 }),
      distribution: fc.constantFrom<LatencySettings["distribution"]>("fixed", "uniform", "normal", "pareto"),
      direction: fc.constantFrom<LatencySettings["direction"]>("both", "toServer", "toDevice"),
    })
    .map((drawn) => ({ type: "latency", ...drawn }) as const);
  expect(breachOf(settings, { longestWaitMs: 60, until: 100_000, mayDrop: false })).toBeUndefined();
});
