// What a figure found, as a table.
import { median, ratioTo, valuesOf } from "./rounds.js";

/** Medians of each group and proxy, with the ratio to the peer's in the same round, as the lines of a Markdown table. */
export function table({ rows, groups, fields, peer = "haproxy", subject = "proxy" }) {
  const keys = [...new Set(rows.map((row) => groups.map((group) => row[group]).join("; ")))];
  const lines = [
    `| ${[...groups, subject, ...Object.values(fields)].join(" | ")} |`,
    `| ${[...groups, subject, ...Object.values(fields)].map(() => "---").join(" | ")} |`,
  ];
  for (const key of keys) {
    const group = rows.filter((row) => groups.map((each) => row[each]).join("; ") === key);
    for (const proxy of new Set(group.map((row) => row.name))) {
      const cells = Object.keys(fields).map((field) => {
        const values = valuesOf(group, proxy, field);
        if (values.length === 0) return "";
        const value = median(values);
        const ratio = ratioTo(group, proxy, peer, field);
        return `${round(value)}${proxy === peer || !Number.isFinite(ratio) ? "" : ` (${ratio.toFixed(2)} x)`}`;
      });
      lines.push(`| ${[...(groups.length > 0 ? key.split("; ") : []), proxy, ...cells].join(" | ")} |`);
    }
  }
  return lines;
}

function round(value) {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en") : Number(value.toPrecision(3));
}
