import type { TraceRow } from "../../src/heartbeat/trace.ts";
import type { Ladder } from "../../src/report/report.ts";

/** A row of a course: asked then, for 8 minutes, and held unless another outcome is said. */
export function rungRow(atSeconds: number, said: Partial<TraceRow> = {}): TraceRow {
  return {
    atSeconds,
    device: "device0001",
    command: "Ping",
    heartbeatIntervalSeconds: 480,
    outcome: "held",
    durationSeconds: 480,
    hop: null,
    action: null,
    ending: "held",
    move: "repeat",
    nextHeartbeatIntervalSeconds: 480,
    settled: true,
    conclusion: "8 min held",
    ...said,
  };
}

/** A course of an hour of these rows, and one request that still waits. */
export function ladder(rows: readonly TraceRow[], said: Partial<Ladder> = {}): Ladder {
  const exchange = { number: 9, askedAt: 3_300_000, command: "Ping", heartbeatIntervalSeconds: 720 } as const;
  const open = [{ device: "device0001", exchange }];
  return { title: "Today", idleTimeoutSeconds: 600, durationSeconds: 3600, rows, open, ...said };
}
