import type { TraceRow } from "../../heartbeat/trace.ts";
import type { Ladder } from "../report.ts";

/** How a request ended, as far as a picture tells: `failed` is expired, cut or lost, `other` the server's or the device's doing. */
export const RUNG_KINDS = ["held", "changes", "failed", "other", "open"] as const;

/** One of those above. */
export type RungKind = (typeof RUNG_KINDS)[number];

/** One request of a course. */
export interface Rung {
  readonly kind: RungKind;
  readonly atSeconds: number;
  readonly endSeconds: number;
  readonly intervalSeconds: number;
}

/** The requests of a course in the order in which they were asked; none reaches beyond its end. */
export function rungsOf({ rows, open, durationSeconds }: Ladder): readonly Rung[] {
  return [
    ...rows.map((row) => ({
      kind: kindOf(row),
      atSeconds: row.atSeconds,
      endSeconds: Math.min(durationSeconds, row.atSeconds + row.durationSeconds),
      intervalSeconds: row.heartbeatIntervalSeconds,
    })),
    ...open.map(({ exchange }) => ({
      kind: "open" as const,
      atSeconds: exchange.askedAt / 1000,
      endSeconds: durationSeconds,
      intervalSeconds: exchange.heartbeatIntervalSeconds,
    })),
  ];
}

/** What a kind is called. */
export function rungWords(kind: RungKind): string {
  switch (kind) {
    case "held":
      return "held";
    case "changes":
      return "ended by mail";
    case "failed":
      return "failed";
    case "other":
      return "other ending";
    case "open":
      return "still parked";
  }
}

/** An answer that came when the device had given up has failed for it, whatever the proxy saw. */
function kindOf({ outcome, ending }: Pick<TraceRow, "outcome" | "ending">): RungKind {
  switch (outcome) {
    case "held":
    case "changes":
      return ending === "silence" ? "failed" : outcome;
    case "expired":
    case "cut":
    case "lost":
      return "failed";
    case "rejected":
    case "withdrawn":
    case "serverFailed":
      return "other";
  }
}
