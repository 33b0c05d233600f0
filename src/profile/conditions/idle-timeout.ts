import { z } from "zod";
import type { Millis } from "../../core/machine.ts";
import { SILENT } from "../../path/condition.ts";
import type { IdleTimeoutSettings } from "../../path/conditions/idle-timeout.ts";
import { closed } from "../closed.ts";
import { formatDuration } from "../durations.ts";
import { duration, writeDuration } from "./duration.ts";
import { describeEndings, endings, writeEndings } from "./endings.ts";
import type { ConditionFormat } from "./format.ts";
import { given } from "./given.ts";
import { narrowed, NARROWING } from "./narrowing.ts";
import { wordsOf } from "./words-of.ts";

/** Shortest idle time-out, in ms: 1 s. */
export const SHORTEST_IDLE_TIMEOUT_MS: Millis = 1000;

/** An idle time-out as a profile writes it. */
export const idleTimeoutSchema = closed({
  type: z.literal("idle-timeout"),
  idleTimeout: duration(SHORTEST_IDLE_TIMEOUT_MS).describe("Longest silence tolerated, 1s to 30d"),
  halfClosedTimeout: duration(SHORTEST_IDLE_TIMEOUT_MS)
    .optional()
    .describe("The same once one side has sent its FIN, 1s to 30d; no change when left out"),
  atExpiry: endings.optional().describe("How the flow ends, on both legs or each apart; drop when left out"),
  refreshedBy: z
    .enum(["either", "toServer", "toDevice"])
    .optional()
    .describe("Whose payload restarts the timer; either when left out"),
  refreshedByKeepalive: z.boolean().optional().describe("Whether TCP keepalive probes restart the timer"),
  ...NARROWING,
}).transform((written) =>
  narrowed(written, {
    type: written.type,
    idleTimeoutMs: written.idleTimeout,
    atExpiry: written.atExpiry ?? SILENT,
    refreshedBy: written.refreshedBy ?? ("either" as const),
    ...given({
      halfClosedTimeoutMs: written.halfClosedTimeout,
      refreshedByKeepalive: written.refreshedByKeepalive,
    }),
  }),
);

/** How an idle time-out is written. */
export const idleTimeoutFormat: ConditionFormat<IdleTimeoutSettings> = {
  write: ({ idleTimeoutMs, halfClosedTimeoutMs, atExpiry, refreshedBy, refreshedByKeepalive }) =>
    given({
      idleTimeout: formatDuration(idleTimeoutMs),
      halfClosedTimeout: writeDuration(halfClosedTimeoutMs),
      atExpiry: writeEndings(atExpiry),
      refreshedBy: refreshedBy === "either" ? undefined : refreshedBy,
      refreshedByKeepalive,
    }),
  describe: ({ idleTimeoutMs, halfClosedTimeoutMs, atExpiry, refreshedBy }) => {
    const halfClosed = writeDuration(halfClosedTimeoutMs);
    return wordsOf(
      formatDuration(idleTimeoutMs),
      describeEndings(atExpiry),
      halfClosed && `half-closed ${halfClosed}`,
      refreshedBy === "either" ? undefined : `refreshed by ${refreshedBy}`,
    );
  },
};
