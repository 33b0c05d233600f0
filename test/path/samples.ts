import type { ConditionSettings, ConditionType } from "../../src/path/conditions/index.ts";
import { both, idle } from "./flows.ts";

/** One condition of every type, for tests that concern them all; none does anything in the first second. */
export const SAMPLES: { readonly [Type in ConditionType]: Extract<ConditionSettings, { readonly type: Type }> } = {
  "idle-timeout": idle(1000, both("drop")),
  lifetime: { type: "lifetime", ageMs: 1000, atExpiry: both("reset") },
  latency: { type: "latency", delayMs: 10, jitterMs: 5, distribution: "uniform", direction: "both" },
  bandwidth: { type: "bandwidth", bytesPerSecond: 1000, direction: "both", queueBytes: 65_536 },
  stall: { type: "stall", direction: "both", afterMs: 1000, forMs: 1000 },
};
