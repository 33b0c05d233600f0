import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import { conditionSchema, describeCondition, writeCondition } from "../../src/profile/conditions/index.ts";
import { faultsOf, READING } from "../../src/profile/issues.ts";
import { anyCondition } from "../path/any-condition.ts";
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
  { type: "loss", rate: 0.5, rtoMs: 1000, direction: "toServer" },
  { type: "stall", direction: "toDevice", afterMs: 0 },
  { type: "outage", atMs: 1000, forMs: 1000, rtoMs: 1000 },
  { type: "address-change", atMs: 1000, spreadMs: 0 },
  {
    type: "flow-table",
    flows: 1,
    whenFull: "drop",
    atEviction: { toDevice: "reset", toServer: "drop" },
  },
];

test.each(SETTINGS)("what is written of $type reads as the same", (settings) => {
  expect(conditionSchema.parse(writeCondition(settings))).toEqual(settings);
});

test("whatever a condition is and however it is narrowed, what is written of it reads as the same", () => {
  fc.assert(
    fc.property(anyCondition, (settings) => {
      expect(conditionSchema.parse(writeCondition(settings))).toEqual(settings);
      expect(describeCondition(settings)).not.toBe("");
    }),
  );
});

function written(text: object): ConditionSettings {
  return conditionSchema.parse(text);
}

test.each([
  [{ type: "idle-timeout", idleTimeout: "13m" }, "13m drop"],
  [
    { type: "idle-timeout", idleTimeout: "1h", halfClosedTimeout: "2m", atExpiry: "reset", refreshedBy: "toDevice" },
    "1h reset half-closed 2m refreshed by toDevice",
  ],
  [{ type: "lifetime", age: "4h", atExpiry: "reset" }, "lifetime 4h reset"],
  [{ type: "latency", delay: "300ms" }, "latency 300ms"],
  [
    { type: "latency", delay: "300ms", jitter: "100ms", distribution: "pareto", direction: "toDevice" },
    "latency 300ms±100ms pareto toDevice",
  ],
  [{ type: "bandwidth", rate: "2Mbit/s", direction: "toServer" }, "bandwidth 250kB/s toServer"],
  [{ type: "loss", rate: 0.07 }, "loss 7%"],
  [{ type: "loss", rate: 0.005, rto: "1s", direction: "toDevice" }, "loss 0.5% rto 1s toDevice"],
  [{ type: "outage", at: "20m", for: "90s" }, "outage at 20m for 1m30s"],
  [{ type: "outage", at: "20m", for: "90s", every: "1h" }, "outage at 20m for 1m30s every 1h"],
  [{ type: "address-change", at: "1h" }, "address-change at 1h"],
  [{ type: "address-change", at: "1h", every: "8h", spread: "10m" }, "address-change at 1h every 8h within 10m"],
  [{ type: "slow-accept", delay: "3s" }, "slow-accept 3s"],
  [{ type: "refuse" }, "refuse"],
  [{ type: "flow-table", flows: 100 }, "flow-table 100 evict-longest-idle drop"],
  [
    { type: "flow-table", flows: 100, whenFull: "refuse", adaptive: { from: 60, to: 120, idleTimeout: "1d" } },
    "flow-table 100 refuse drop adaptive 1d 60..120",
  ],
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
    [
      { type: "loss", rate: 1 },
      { rtoMs: 200, direction: "both" },
    ],
    [{ type: "outage", at: "1s", for: "1s" }, { rtoMs: 200 }],
    [{ type: "address-change", at: "1s" }, { spreadMs: 0 }],
    [
      { type: "flow-table", flows: 1 },
      { whenFull: "evict-longest-idle", atEviction: { toDevice: "drop", toServer: "drop" } },
    ],
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
  [{ type: "loss", rate: 0 }, ["rate: found 0, expected more than 0"]],
  [{ type: "loss", rate: 2 }, ["rate: found 2, expected 1 at most"]],
  [{ type: "loss", rate: 0.1, rto: "121s" }, ['rto: found "121s", expected 2m at most']],
  [
    { type: "outage", at: "20m", for: "1m", every: "21m" },
    ["every: found 21m, expected more than at and for together, 21m"],
  ],
  [
    { type: "flow-table", flows: 1, adaptive: { from: 6, to: 6, idleTimeout: "1d" } },
    ["adaptive.to: found 6, expected more than from, 6"],
  ],
  [{ type: "flow-table", flows: 0 }, ["flows: found 0, expected 1 at least"]],
  [{ type: "stall", for: "0s" }, ['for: found "0s", expected more than zero']],
])("%j is refused with its place", (text, faults) => {
  const { error } = conditionSchema.safeParse(text, READING);
  expect(faultsOf(error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`)).toEqual(faults);
});
