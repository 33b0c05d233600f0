import { z } from "zod";
import { SILENT } from "../../path/condition.ts";
import type { FlowTableSettings } from "../../path/conditions/flow-table.ts";
import { closed } from "../closed.ts";
import { formatDuration } from "../durations.ts";
import { duration } from "./duration.ts";
import { describeEndings, endings, writeEndings } from "./endings.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { wordsOf } from "./words-of.ts";

const MOST_FLOWS = 10_000_000;

const flowCount = z.int().min(1).max(MOST_FLOWS);

const adaptive = closed({
  from: z.int().min(0).max(MOST_FLOWS).describe("With more flows than this, time-outs shrink"),
  to: flowCount.describe("With so many flows they are 0"),
  idleTimeout: duration(1000).describe("The idle time-out before it shrinks, 1s to 30d"),
})
  .check(({ value: { from, to }, issues }) => {
    if (to > from) return;
    issues.push({ code: "custom", input: to, path: ["to"], message: `found ${to}, expected more than from, ${from}` });
  })
  .transform(({ from, to, idleTimeout }) => ({ from, to, idleTimeoutMs: idleTimeout }))
  .describe("Idle time-outs that shrink as the table fills, as pf's do; none when left out");

/** A flow table as a profile writes it. */
export const flowTableSchema = closed({
  type: z.literal("flow-table"),
  flows: flowCount.describe("Most flows at a time, over all flows of the hop"),
  whenFull: z
    .enum(["evict-longest-idle", "refuse", "drop"])
    .optional()
    .describe("What becomes of a further one; evict-longest-idle when left out"),
  atEviction: endings.optional().describe("How a flow ends whose entry is given up; drop when left out"),
  adaptive: adaptive.optional(),
  ...NARROWING,
}).transform((written) =>
  narrowed(written, {
    type: written.type,
    flows: written.flows,
    whenFull: written.whenFull ?? ("evict-longest-idle" as const),
    atEviction: written.atEviction ?? SILENT,
    ...given({ adaptive: written.adaptive }),
  }),
);

/** How a flow table is written. */
export const flowTableFormat: ConditionFormat<FlowTableSettings> = {
  write: ({ flows, whenFull, atEviction, adaptive: scaled }) =>
    given({
      flows,
      whenFull,
      atEviction: writeEndings(atEviction),
      adaptive: scaled && { from: scaled.from, to: scaled.to, idleTimeout: formatDuration(scaled.idleTimeoutMs) },
    }),
  describe: ({ flows, whenFull, atEviction, adaptive: scaled }) =>
    wordsOf(
      `flow-table ${flows} ${whenFull}`,
      describeEndings(atEviction),
      scaled && `adaptive ${formatDuration(scaled.idleTimeoutMs)} ${scaled.from}..${scaled.to}`,
    ),
};
