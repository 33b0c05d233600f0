import { csv } from "./csv.ts";
import { LIVE_TABLES, type LiveTable } from "./live-tables.ts";
import type { Report } from "./report.ts";
import { SIZE_FIELDS } from "./size-columns.ts";

/** What a CSV can hold: one table, of what `size` found (`time-outs`) or of a running idlewall. */
export type CsvTable = "time-outs" | LiveTable;

/** All of those. */
export const CSV_TABLES: readonly CsvTable[] = [
  "time-outs",
  "requests",
  "hops",
  "networks",
  "bounds",
  "alerts",
  "devices",
];

/** Which table is meant where none is named: what `size` found comes first. */
export function usualTable({ size }: Pick<Report, "size">): CsvTable {
  return size === undefined ? "requests" : "time-outs";
}

/** One table of a report as CSV; `undefined` when the report has nothing of it. */
export function csvReport(report: Report, table: CsvTable = usualTable(report)): string | undefined {
  const { size, live } = report;
  if (table !== "time-outs") {
    if (live === undefined) return undefined;
    const { fields, rows } = LIVE_TABLES[table](live);
    return csv(fields, rows);
  }
  if (size === undefined) return undefined;
  const fields = Object.values(SIZE_FIELDS);
  return csv(
    Object.keys(SIZE_FIELDS),
    size.result.rows.map((row) => fields.map((field) => field(row))),
  );
}
