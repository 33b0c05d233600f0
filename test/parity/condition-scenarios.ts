import { type DeviceModel, deviceModel } from "../../src/heartbeat/negotiators/models.ts";
import type { PlainEnding } from "../../src/path/condition.ts";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import { describeCondition } from "../../src/profile/conditions/index.ts";
import type { GeneratedScenario } from "./scenarios.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const BOTH = (ending: PlainEnding) => ({ toDevice: ending, toServer: ending });

/** The answers to the second and the fourth parked request. */
const SOME_ANSWERS = { command: ["Ping", "Sync"], skip: 1, every: 2, times: 2 };

/** What a row of the table may say beside its conditions. */
interface Row {
  readonly conditions: readonly ConditionSettings[];
  readonly deviceCount?: number;
}

/**
 * Conditions of every kind. As in generated scenarios nothing falls on one instant that two could decide; and what is
 * drawn for each segment (jitter, loss) decides no outcome, since live segments are other ones than virtual messages.
 */
const ROWS: readonly Row[] = [
  ...(["drop", "reset", "close", "reset-on-next"] as const).map((ending) => ({
    conditions: [{ type: "lifetime" as const, ageMs: 23 * MINUTE + 47 * SECOND, atExpiry: BOTH(ending) }],
    deviceCount: 2,
  })),
  { conditions: [{ type: "latency", delayMs: 2000, jitterMs: 0, distribution: "fixed", direction: "both" }] },
  { conditions: [{ type: "latency", delayMs: 1000, jitterMs: 500, distribution: "normal", direction: "toDevice" }] },
  { conditions: [{ type: "bandwidth", bytesPerSecond: 2000, direction: "both", queueBytes: 65_536 }] },
  { conditions: [{ type: "loss", rate: 0.05, rtoMs: 200, direction: "both" }], deviceCount: 2 },
  { conditions: [{ type: "stall", direction: "toDevice", afterMs: 10 * MINUTE + 17 * SECOND, forMs: 9 * MINUTE }] },
  { conditions: [{ type: "stall", direction: "toDevice", afterMs: 10 * MINUTE + 17 * SECOND }] },
  { conditions: [{ type: "stall", direction: "both", afterMs: 25 * MINUTE + 17 * SECOND }], deviceCount: 2 },
  {
    conditions: [
      {
        type: "stall",
        direction: "toDevice",
        afterMs: 0,
        match: SOME_ANSWERS,
      },
    ],
  },
  { conditions: [{ type: "stall", direction: "toDevice", afterMs: 0, match: { share: 0.5 } }], deviceCount: 3 },
  {
    conditions: [
      {
        type: "lifetime",
        ageMs: 7 * MINUTE + 47 * SECOND,
        atExpiry: BOTH("reset"),
        match: { source: ["127.0.0.0/8"] },
      },
    ],
  },
  {
    conditions: [
      { type: "stall", direction: "both", afterMs: 0, during: { fromMs: 37 * MINUTE + 7000, untilMs: 52 * MINUTE } },
    ],
    deviceCount: 2,
  },
  { conditions: [{ type: "outage", atMs: 14 * MINUTE + 51 * SECOND, forMs: 90 * SECOND, rtoMs: 200 }] },
  {
    conditions: [
      { type: "outage", atMs: 17 * MINUTE + 11 * SECOND, forMs: 20 * MINUTE, everyMs: 60 * MINUTE, rtoMs: 1000 },
    ],
  },
  {
    conditions: [
      { type: "address-change", atMs: 17 * MINUTE + 23 * SECOND, everyMs: 41 * MINUTE, spreadMs: 9 * MINUTE },
    ],
    deviceCount: 3,
  },
  { conditions: [{ type: "slow-accept", delayMs: 3000 }] },
  {
    conditions: [{ type: "refuse", during: { fromMs: 14 * MINUTE + 13 * SECOND, untilMs: 31 * MINUTE + 41 * SECOND } }],
  },
  { conditions: [{ type: "refuse", match: { times: 2 } }] },
  {
    conditions: [
      {
        type: "flow-table",
        flows: 100,
        whenFull: "evict-longest-idle",
        atEviction: BOTH("reset"),
        adaptive: { from: 0, to: 4, idleTimeoutMs: 21 * MINUTE + 51 * SECOND },
      },
    ],
  },
  {
    conditions: [
      { type: "lifetime", ageMs: 23 * MINUTE + 47 * SECOND, atExpiry: BOTH("close") },
      { type: "slow-close", delayMs: 5000, direction: "both" },
    ],
  },
  { conditions: [{ type: "slice", sizeBytes: 2000, variationBytes: 100, pauseMs: 2000, direction: "both" }] },
  {
    conditions: [
      { type: "limit-data", limitBytes: 0, direction: "toServer", atLimit: BOTH("reset"), match: SOME_ANSWERS },
    ],
  },
  { conditions: [{ type: "black-hole", direction: "toServer", atEnd: BOTH("drop"), match: SOME_ANSWERS }] },
  ...[
    { type: "black-hole" as const, atEnd: BOTH("drop") },
    { type: "black-hole" as const, endAfterMs: 11 * MINUTE + 7 * SECOND, atEnd: BOTH("reset") },
    { type: "cut-off" as const, afterMs: 3 * MINUTE + 7 * SECOND, ending: BOTH("close") },
    { type: "cut-off" as const, ending: BOTH("close") },
    { type: "limit-data" as const, limitBytes: 0, atLimit: BOTH("reset") },
  ].map((settings) => ({ conditions: [{ ...settings, direction: "toDevice" as const, match: SOME_ANSWERS }] })),
  {
    conditions: [
      { type: "latency", delayMs: 500, jitterMs: 0, distribution: "fixed", direction: "both" },
      { type: "lifetime", ageMs: 51 * MINUTE + 47 * SECOND, atExpiry: BOTH("reset") },
      {
        type: "idle-timeout",
        idleTimeoutMs: 14 * MINUTE + 41 * SECOND,
        atExpiry: BOTH("drop"),
        refreshedBy: "either",
      },
    ],
    deviceCount: 2,
  },
];

/** A scenario for each row, by turns with a device that pings and one that parks a Sync. */
export function conditionScenarios(): readonly GeneratedScenario[] {
  return ROWS.map(({ conditions, deviceCount = 1 }, index) => {
    const model = modelOf(index % 3 === 2 ? "windows-mobile-6.1" : "windows-mobile");
    return {
      title: conditions.map(describeCondition).join(" + "),
      scenario: {
        hops: [{ name: "hop", kind: "firewall", conditions }],
        model,
        settings: { ...model.defaults, graceMs: 20 * SECOND },
        deviceCount,
        mailAt: [19 * MINUTE + 5 * SECOND, 66 * MINUTE + 35 * SECOND],
        durationMs: 150 * MINUTE,
        seed: 11 + index,
      },
    };
  });
}

function modelOf(name: string): DeviceModel {
  const model = deviceModel(name);
  if (model === undefined) throw new Error(`there is no model ${name}`);
  return model;
}
