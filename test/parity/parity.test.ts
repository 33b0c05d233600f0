import { expect, test } from "vitest";
import { runLive } from "../../src/cli/live-scenario.ts";
import type { TraceRow } from "../../src/heartbeat/trace.ts";
import { runVirtually } from "../../src/sizing/scenario.ts";
import { LEG_KINDS } from "../support/rig.ts";
import { generateScenarios, generateStalls } from "./scenarios.ts";

/** Emulated seconds in a real one: three hours in little more than three seconds. */
const TIME_SCALE = 3600;

/** What may differ between the two worlds, in seconds: the way of bytes through sockets, scaled. */
const TOLERANCE_SECONDS = 30;

const SCENARIOS = [...generateScenarios(36), ...generateStalls(12)].map((generated, index) => ({
  ...generated,
  legKind: LEG_KINDS[index % LEG_KINDS.length] ?? "auto",
}));

test.concurrent.each(SCENARIOS)(
  "live and virtual time agree on $title ($legKind leg)",
  async ({ scenario, legKind }) => {
    const virtual: TraceRow[] = [];
    const live: TraceRow[] = [];
    runVirtually(scenario, (row) => virtual.push(row));
    await runLive(scenario, { timeScale: TIME_SCALE, legKind }, (row) => live.push(row));
    expect(withoutTimes(live)).toEqual(withoutTimes(virtual));
    for (const [index, row] of byDevice(live).entries()) {
      const counterpart = byDevice(virtual)[index];
      expect(Math.abs(row.atSeconds - (counterpart?.atSeconds ?? NaN))).toBeLessThan(TOLERANCE_SECONDS);
      expect(Math.abs(row.durationSeconds - (counterpart?.durationSeconds ?? NaN))).toBeLessThan(TOLERANCE_SECONDS);
    }
  },
);

/** Devices are independent of one another: only the order of one device's rows is an outcome. */
function byDevice(rows: readonly TraceRow[]): readonly TraceRow[] {
  return rows.toSorted((left, right) => left.device.localeCompare(right.device));
}

function withoutTimes(rows: readonly TraceRow[]): readonly object[] {
  return byDevice(rows).map(({ atSeconds: _at, durationSeconds: _duration, ...rest }) => rest);
}
