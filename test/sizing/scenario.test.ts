import { expect, test } from "vitest";
import { deviceModel } from "../../src/heartbeat/negotiators/models.ts";
import type { TraceRow } from "../../src/heartbeat/trace.ts";
import { runVirtually, type Scenario } from "../../src/sizing/scenario.ts";

const MINUTE = 60_000;

function seedsScenario(): Scenario {
  const model = deviceModel("windows-mobile");
  if (model === undefined) throw new Error("windows-mobile is missing");
  return {
    hops: [
      {
        name: "carrier",
        kind: "nat",
        conditions: [
          {
            type: "idle-timeout",
            idleTimeoutMs: 13 * MINUTE,
            atExpiry: { toDevice: "drop", toServer: "drop" },
            refreshedBy: "either",
          },
        ],
      },
    ],
    model,
    settings: model.defaults,
    deviceCount: 1,
    mailAt: [27 * MINUTE],
    durationMs: 180 * MINUTE,
    seed: 1,
  };
}

test("the documented course: 15 fails, 8 holds, 12 is answered by mail, 12 holds, 16 fails, 12 for good", () => {
  const rows: TraceRow[] = [];
  const open = runVirtually(seedsScenario(), (row) => rows.push(row));
  const course = rows.map((row) => [row.heartbeatIntervalSeconds / 60, row.outcome, row.hop]);
  expect(course.slice(0, 5)).toEqual([
    [15, "expired", "carrier"],
    [8, "held", null],
    [12, "changes", null],
    [12, "held", null],
    [16, "expired", "carrier"],
  ]);
  expect(course.length).toBeGreaterThan(10);
  for (const row of course.slice(5)) expect(row).toEqual([12, "held", null]);
  expect(open).toHaveLength(1);
});
