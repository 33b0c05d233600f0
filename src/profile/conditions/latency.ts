import { z } from "zod";
import type { LatencySettings } from "../../path/conditions/latency.ts";
import type { Distribution } from "../../path/deviation.ts";
import { closed } from "../closed.ts";
import { formatDuration } from "../durations.ts";
import { direction, writeDirection } from "./direction.ts";
import { duration, writeUnlessZero } from "./duration.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { wordsOf } from "./words-of.ts";

/** Latency as a profile writes it. */
export const latencySchema = closed({
  type: z.literal("latency"),
  delay: duration(1).describe("How much later each segment arrives, one way, 1ms to 30d"),
  jitter: duration(1).optional().describe("How far single delays lie from that; not at all when left out"),
  distribution: z
    .enum(["fixed", "uniform", "normal", "pareto"])
    .optional()
    .describe("How they lie about it; uniform with a jitter and fixed without one when left out"),
  direction,
  ...NARROWING,
})
  .check(({ value, issues }) => {
    const { jitter, distribution } = value;
    if (distribution === undefined || (distribution === "fixed") === (jitter === undefined)) return;
    const without = `found ${distribution} without a jitter, expected a jitter such as 20ms beside it`;
    const message = jitter === undefined ? without : "found fixed with a jitter, expected uniform, normal or pareto";
    issues.push({ code: "custom", input: distribution, path: ["distribution"], message });
  })
  .transform((written) =>
    narrowed(written, {
      type: written.type,
      delayMs: written.delay,
      jitterMs: written.jitter ?? 0,
      distribution: written.distribution ?? usual(written.jitter ?? 0),
      direction: written.direction,
    }),
  );

/** How latency is written. */
export const latencyFormat: ConditionFormat<LatencySettings> = {
  write: ({ delayMs, jitterMs, distribution, direction: way }) =>
    given({
      delay: formatDuration(delayMs),
      jitter: writeUnlessZero(jitterMs),
      distribution: distribution === usual(jitterMs) ? undefined : distribution,
      direction: writeDirection(way),
    }),
  describe: ({ delayMs, jitterMs, distribution, direction: way }) => {
    const jitter = jitterMs === 0 ? "" : `±${formatDuration(jitterMs)} ${distribution}`;
    return wordsOf("latency", `${formatDuration(delayMs)}${jitter}`, writeDirection(way));
  },
};

function usual(jitterMs: number): Distribution {
  return jitterMs === 0 ? "fixed" : "uniform";
}
