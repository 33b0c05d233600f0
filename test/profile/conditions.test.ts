import { describe, expect, test } from "vitest";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import { conditionSchema, describeCondition, writeCondition } from "../../src/profile/conditions/index.ts";
import { faultsOf, READING } from "../../src/profile/issues.ts";
import { SAMPLES } from "../path/samples.ts";

/** Settings with every key given, and with as few as may be. */
const SETTINGS: readonly ConditionSettings[] = [
  ...Object.values(SAMPLES),
  {
    ...SAMPLES["idle-timeout"],
    halfClosedTimeoutMs: 120_000,
    refreshedBy: "toDevice",
    refreshedByKeepalive: true,
    atExpiry: { toDevice: { respond: 504 }, toServer: "drop" },
  },
  { type: "latency", delayMs: 300, jitterMs: 0, distribution: "fixed", direction: "toDevice" },
  { type: "latency", delayMs: 300, jitterMs: 100, distribution: "pareto", direction: "toServer" },
  { type: "bandwidth", bytesPerSecond: 187_500, direction: "toServer", queueBytes: 2000 },
  { type: "stall", direction: "toDevice", afterMs: 0 },
];

test.each(SETTINGS)("what is written of $type reads as the same", (settings) => {
  expect(conditionSchema.parse(writeCondition(settings))).toEqual(settings);
});

function written(text: object): ConditionSettings {
  return conditionSchema.parse(text);
}

test.each([
  [{ type: "idle-timeout", idleTimeout: "13m" }, "13m drop"],
  [{ type: "lifetime", age: "4h", atExpiry: "reset" }, "lifetime 4h reset"],
  [{ type: "latency", delay: "300ms" }, "latency 300ms"],
  [
    { type: "latency", delay: "300ms", jitter: "100ms", distribution: "pareto", direction: "toDevice" },
    "latency 300ms±100ms pareto toDevice",
  ],
  [{ type: "bandwidth", rate: "2Mbit/s", direction: "toServer" }, "bandwidth 250kB/s toServer"],
  [{ type: "stall" }, "stall"],
  [{ type: "stall", direction: "toDevice", after: "10m", for: "2m" }, "stall toDevice after 10m for 2m"],
])("%j is described as %s", (text, words) => {
  expect(describeCondition(written(text))).toBe(words);
});

describe("what is left out", () => {
  test.each([
    [{ type: "lifetime", age: "1h" }, { atExpiry: { toDevice: "drop", toServer: "drop" } }],
    [
      { type: "latency", delay: "1ms" },
      { jitterMs: 0, distribution: "fixed", direction: "both" },
    ],
    [
      { type: "latency", delay: "1ms", jitter: "1ms" },
      { jitterMs: 1, distribution: "uniform" },
    ],
    [
      { type: "bandwidth", rate: "1B/s" },
      { direction: "both", queueBytes: 65_536 },
    ],
    [{ type: "stall" }, { direction: "both", afterMs: 0 }],
  ])("%j has its usual value", (text, settings) => {
    expect(written(text)).toMatchObject(settings);
  });
});

test.each([
  [{ type: "lifetime", age: "999ms" }, ['age: found "999ms", expected 1s at least']],
  [
    { type: "latency", delay: "5ms", distribution: "normal" },
    ["distribution: found normal without a jitter, expected a jitter such as 20ms beside it"],
  ],
  [
    { type: "latency", delay: "5ms", jitter: "1ms", distribution: "fixed" },
    ["distribution: found fixed with a jitter, expected uniform, normal or pareto"],
  ],
  [{ type: "bandwidth", rate: 50 }, ["rate: found 50, expected a rate with a unit, such as 50kB/s"]],
  [{ type: "bandwidth", rate: "50kB/s", queue: "1B" }, ['queue: found "1B", expected 1KiB at least']],
  [{ type: "stall", direction: "up" }, ['direction: found "up", expected both, toServer or toDevice']],
  [{ type: "stall", for: "0s" }, ['for: found "0s", expected more than zero']],
])("%j is refused with its place", (text, faults) => {
  const { error } = conditionSchema.safeParse(text, READING);
  expect(faultsOf(error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`)).toEqual(faults);
});
