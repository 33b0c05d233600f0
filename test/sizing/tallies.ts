import type { SliceTally } from "../../src/sizing/tally.ts";

/** A tally of nothing, but for what is said. */
export function tallyOf(over: Partial<SliceTally> = {}): SliceTally {
  return {
    point: 0,
    repeat: 0,
    devices: 1,
    heartbeats: 0,
    requests: 0,
    connections: 0,
    failed: 0,
    searchFailed: 0,
    wakeUps: { value: 0, low: 0, high: 0 },
    settled: new Map(),
    unsettled: new Map(),
    delays: new Map(),
    asked: [],
    parkedChanges: new Int32Array(3),
    entryChanges: new Int32Array(3),
    ...over,
  };
}
