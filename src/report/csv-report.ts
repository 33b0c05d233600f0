import { csv } from "./csv.ts";
import { countOf, endedByInterval, failedOf } from "./live-failures.ts";
import type { Report } from "./report.ts";
import { SIZE_FIELDS } from "./size-columns.ts";

/** The figures of a report as CSV: a row for each time-out, or, of a running idlewall alone, for each interval asked. */
export function csvReport({ size, live }: Report): string {
  if (size !== undefined) {
    const fields = Object.values(SIZE_FIELDS);
    return csv(
      Object.keys(SIZE_FIELDS),
      size.result.rows.map((row) => fields.map((field) => field(row))),
    );
  }
  const { outcomes, intervals } = endedByInterval(live?.ended ?? []);
  return csv(
    ["heartbeatIntervalSeconds", "requests", "failed", ...outcomes],
    intervals.map((each) => [
      each.intervalSeconds,
      countOf(each),
      failedOf(each),
      ...outcomes.map((outcome) => each.counts.get(outcome) ?? 0),
    ]),
  );
}
