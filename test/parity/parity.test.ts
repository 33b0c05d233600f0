import { expect, test } from "vitest";
import { runLive } from "../../src/cli/live-scenario.ts";
import type { TraceRow } from "../../src/heartbeat/trace.ts";
import { CONDITIONS } from "../../src/path/conditions/index.ts";
import { runVirtually, type Scenario } from "../../src/sizing/scenario.ts";
import { LEG_KINDS } from "../support/rig.ts";
import { conditionScenarios } from "./condition-scenarios.ts";
import { inShort, modelScenarios } from "./model-scenarios.ts";
import { type GeneratedScenario, generateScenarios, generateStalls } from "./scenarios.ts";

/** Emulated seconds in a real one: three hours in 1.5 s. The clock is paced: its rate decides no outcome. */
const TIME_SCALE = 7200;

/** What may differ between the two worlds, in seconds: the way of bytes through sockets, scaled. */
const TOLERANCE_SECONDS = 30;

const GENERATED: readonly GeneratedScenario[] = [
  ...generateScenarios(36),
  ...generateStalls(12),
  ...conditionScenarios(),
  ...modelScenarios(),
];

const SCENARIOS = GENERATED.map((generated, index) => ({
  ...generated,
  legKind: LEG_KINDS[index % LEG_KINDS.length] ?? "auto",
}));

test.concurrent.each(SCENARIOS)(
  "live and virtual time agree on $title ($legKind leg)",
  async ({ scenario, legKind, course }) => {
    const virtual: TraceRow[] = [];
    const live: TraceRow[] = [];
    runVirtually(scenario, (row) => virtual.push(row));
    await runLive(scenario, { timeScale: TIME_SCALE, legKind }, (row) => live.push(row));
    expect(withoutTimes(live)).toEqual(withoutTimes(virtual));
    expect(inShort(live)).toEqual(course?.(live.length) ?? inShort(live));
    for (const [index, row] of byDevice(live).entries()) {
      const counterpart = byDevice(virtual)[index];
      expect(Math.abs(row.atSeconds - (counterpart?.atSeconds ?? NaN))).toBeLessThan(TOLERANCE_SECONDS);
      expect(Math.abs(row.durationSeconds - (counterpart?.durationSeconds ?? NaN))).toBeLessThan(TOLERANCE_SECONDS);
    }
  },
);

test.each(conditionScenarios())("the course on $title is not that on a path without it", ({ scenario }) => {
  const rowsOn = (hops: Scenario["hops"]): readonly TraceRow[] => {
    const rows: TraceRow[] = [];
    runVirtually({ ...scenario, hops }, (row) => rows.push(row));
    return rows;
  };
  expect(rowsOn(scenario.hops)).not.toEqual(rowsOn([]));
});

test("every condition is among the scenarios that run both ways", () => {
  const hops = SCENARIOS.flatMap(({ scenario }) => scenario.hops);
  const types = new Set(hops.flatMap(({ conditions }) => conditions.map(({ type }) => type)));
  expect(Object.keys(CONDITIONS).filter((type) => ![...types].some((each) => each === type))).toEqual([]);
});

/** Devices are independent of one another: only the order of one device's rows is an outcome. */
function byDevice(rows: readonly TraceRow[]): readonly TraceRow[] {
  return rows.toSorted((left, right) => left.device.localeCompare(right.device));
}

function withoutTimes(rows: readonly TraceRow[]): readonly object[] {
  return byDevice(rows).map(({ atSeconds: _at, durationSeconds: _duration, ...rest }) => rest);
}
