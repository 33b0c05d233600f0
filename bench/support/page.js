// The tables of docs/performance.md, made of the results that are kept beside the figures.
import { existsSync, readFileSync } from "node:fs";
import { table } from "./table.js";

/** The page with the table of every figure whose marks it has and whose results are kept. */
export function withTables(page) {
  return page.replaceAll(/(<!-- figure: ([\w-]+) -->\n)[^]*?(<!-- end -->)/gu, (whole, begin, name, end) => {
    const file = new URL(`../results/${name}.json`, import.meta.url);
    if (!existsSync(file)) return whole;
    const result = JSON.parse(readFileSync(file, "utf8"));
    return `${begin}\n${aligned(table(result))}\n\nMedians of ${result.rounds} rounds, taken on ${result.startedAt.slice(0, 10)}.\n\n${end}`;
  });
}

/** Columns of one width, as the formatter of the project writes them. */
function aligned(lines) {
  const rows = lines.map((line) => line.slice(2, -2).split(" | "));
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  return rows
    .map((row) => {
      const cells = row.map((cell, column) =>
        cell === "---" ? "-".repeat(widths[column]) : cell.padEnd(widths[column]),
      );
      return `| ${cells.join(" | ")} |`;
    })
    .join("\n");
}
