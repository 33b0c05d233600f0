import * as fc from "fast-check";
import type { Endings, PlainEnding } from "../../src/path/condition.ts";
import type { ConditionSettings, ConditionType } from "../../src/path/conditions/index.ts";
import type { Narrowing } from "../../src/path/narrowed.ts";

// Conditions of every type with any settings, within a second or so, for property tests.

const ms = fc.integer({ min: 1, max: 1000 });
const direction = fc.constantFrom("both", "toServer", "toDevice");
const plain = fc.constantFrom<PlainEnding>("drop", "reset", "close", "reset-on-next");
const endings: fc.Arbitrary<Endings> = fc.record({ toDevice: plain, toServer: plain });

const latency = fc
  .tuple(ms, fc.nat(500), fc.constantFrom("uniform", "normal", "pareto"), direction)
  .map(([delayMs, jitterMs, drawn, way]) => {
    const distribution = jitterMs === 0 ? "fixed" : drawn;
    return { type: "latency", delayMs, jitterMs, distribution, direction: way } as const;
  });

const outage = fc.tuple(ms, ms, fc.option(ms, { nil: undefined }), ms).map(([atMs, forMs, restMs, rtoMs]) => {
  const repeat = restMs === undefined ? {} : { everyMs: atMs + forMs + restMs };
  return { type: "outage", atMs, forMs, rtoMs, ...repeat } as const;
});

const flowTable = fc
  .tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.constantFrom("evict-longest-idle", "refuse", "drop"),
    endings,
    fc.option(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1000, max: 2000 })), {
      nil: undefined,
    }),
  )
  .map(([flows, whenFull, atEviction, scaled]) => {
    const [from = 0, more = 1, idleTimeoutMs = 1000] = scaled ?? [];
    const adaptive = scaled === undefined ? {} : { adaptive: { from, to: from + more, idleTimeoutMs } };
    return { type: "flow-table", flows, whenFull, atEviction, ...adaptive } as const;
  });

const BY_TYPE: { readonly [Type in ConditionType]: fc.Arbitrary<ConditionSettings> } = {
  "idle-timeout": fc
    .tuple(
      fc.record({
        idleTimeoutMs: fc.integer({ min: 1000, max: 2000 }),
        atExpiry: endings,
        refreshedBy: fc.constantFrom("either", "toServer", "toDevice"),
      }),
      fc.record(
        { halfClosedTimeoutMs: fc.integer({ min: 1000, max: 2000 }), refreshedByKeepalive: fc.boolean() },
        { requiredKeys: [] },
      ),
    )
    .map(([keys, more]) => ({ type: "idle-timeout", ...keys, ...more }) as const),
  lifetime: fc
    .record({ ageMs: fc.integer({ min: 1000, max: 3000 }), atExpiry: endings })
    .map((keys) => ({ type: "lifetime", ...keys }) as const),
  latency,
  bandwidth: fc
    .record({
      bytesPerSecond: fc.integer({ min: 1000, max: 1_000_000 }),
      direction,
      queueBytes: fc.integer({ min: 1024, max: 1_000_000 }),
    })
    .map((keys) => ({ type: "bandwidth", ...keys }) as const),
  loss: fc
    .record({ rate: fc.double({ min: 0.001, max: 0.7, noNaN: true }), rtoMs: ms, direction })
    .map((keys) => ({ type: "loss", ...keys }) as const),
  stall: fc
    .tuple(direction, fc.nat(1000), fc.record({ forMs: ms }, { requiredKeys: [] }))
    .map(([way, afterMs, more]) => ({ type: "stall", direction: way, afterMs, ...more }) as const),
  outage,
  "address-change": fc
    .tuple(
      fc.integer({ min: 500, max: 3000 }),
      fc.nat(1000),
      fc.record({ everyMs: fc.integer({ min: 500, max: 2000 }) }, { requiredKeys: [] }),
    )
    .map(([atMs, spreadMs, more]) => ({ type: "address-change", atMs, spreadMs, ...more }) as const),
  "slow-accept": ms.map((delayMs) => ({ type: "slow-accept", delayMs }) as const),
  refuse: fc.constant({ type: "refuse" } as const),
  "flow-table": flowTable,
  "slow-close": fc.record({ delayMs: ms, direction }).map((keys) => ({ type: "slow-close", ...keys }) as const),
  slice: fc
    .record({
      sizeBytes: fc.integer({ min: 40, max: 2000 }),
      variationBytes: fc.nat(39),
      pauseMs: fc.nat(5),
      direction,
    })
    .map((keys) => ({ type: "slice", ...keys }) as const),
  "limit-data": fc
    .record({ limitBytes: fc.nat(10_000), direction, atLimit: endings })
    .map((keys) => ({ type: "limit-data", ...keys }) as const),
  "black-hole": fc
    .tuple(fc.record({ direction, atEnd: endings }), fc.record({ endAfterMs: ms }, { requiredKeys: [] }))
    .map(([keys, more]) => ({ type: "black-hole", ...keys, ...more }) as const),
  "cut-off": fc
    .tuple(fc.record({ direction, ending: endings }), fc.record({ afterMs: ms }, { requiredKeys: [] }))
    .map(([keys, more]) => ({ type: "cut-off", ...keys, ...more }) as const),
};

const narrowing: fc.Arbitrary<Narrowing> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 2,
    arbitrary: fc.record(
      {
        match: fc.record(
          {
            source: fc.constant(["10.0.0.0/8"]),
            share: fc.constantFrom(0.25, 1),
            times: fc.nat(3).map((times) => times + 1),
          },
          { requiredKeys: [] },
        ),
        during: fc.tuple(fc.nat(500), ms).map(([fromMs, length]) => ({
          fromMs,
          untilMs: fromMs + length,
          everyMs: 2 * (fromMs + length),
        })),
      },
      { requiredKeys: [] },
    ),
  },
);

/** A condition of any type with any settings, narrowed or not. */
export const anyCondition: fc.Arbitrary<ConditionSettings> = fc
  .tuple(fc.oneof(...Object.values(BY_TYPE)), narrowing)
  .map(([settings, more]) => ({ ...settings, ...more }));
