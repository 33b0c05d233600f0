import type { ConditionSettings, ConditionType } from "../../src/path/conditions/index.ts";
import { both, idle } from "./flows.ts";

/** One condition of every type, for tests that concern them all; none but the refusal ends a flow in its first second. */
export const SAMPLES: { readonly [Type in ConditionType]: Extract<ConditionSettings, { readonly type: Type }> } = {
  "idle-timeout": idle(1000, both("drop")),
  lifetime: { type: "lifetime", ageMs: 1000, atExpiry: both("reset") },
  latency: { type: "latency", delayMs: 10, jitterMs: 5, distribution: "uniform", direction: "both" },
  bandwidth: { type: "bandwidth", bytesPerSecond: 1000, direction: "both", queueBytes: 65_536 },
  loss: { type: "loss", rate: 0.1, rtoMs: 200, direction: "both" },
  stall: { type: "stall", direction: "both", afterMs: 1000, forMs: 1000 },
  outage: { type: "outage", atMs: 1000, forMs: 500, everyMs: 10_000, rtoMs: 200 },
  "address-change": { type: "address-change", atMs: 1000, everyMs: 5000, spreadMs: 300 },
  "slow-accept": { type: "slow-accept", delayMs: 100 },
  refuse: { type: "refuse" },
  "flow-table": {
    type: "flow-table",
    flows: 10,
    whenFull: "evict-longest-idle",
    atEviction: both("drop"),
    adaptive: { from: 6, to: 12, idleTimeoutMs: 60_000 },
  },
  "slow-close": { type: "slow-close", direction: "both", delayMs: 10 },
  slice: { type: "slice", direction: "both", sizeBytes: 10, variationBytes: 2, pauseMs: 5 },
  "limit-data": { type: "limit-data", direction: "both", limitBytes: 10, atLimit: both("reset") },
  "black-hole": { type: "black-hole", direction: "both", endAfterMs: 1000, atEnd: both("close") },
  "cut-off": { type: "cut-off", direction: "both", afterMs: 10, ending: both("drop") },
};
