/**
 * The unit of what a query gives, in Grafana's words, by the endings of its series and by what it does with them: `rate`
 * divides by seconds, `increase` does not, a quotient divides, a quantile has its histogram's unit. It knows the shapes
 * that are used here, and throws at others.
 */
export function unitOf(query: string): string {
  const dimension = dimensionOf(query.trim());
  const unit = UNITS[dimension];
  if (unit === undefined) throw new Error(`no unit for ${dimension}: ${query}`);
  return unit;
}

const UNITS: Readonly<Record<string, string>> = {
  s: "s",
  bytes: "bytes",
  "bytes/s": "binBps",
  "1": "percentunit",
  count: "short",
  "count/s": "cps",
  instant: "dateTimeFromNow",
  ranges: "s",
};

function dimensionOf(query: string): string {
  const [left, right] = splitAt(query, " / ");
  if (right !== undefined) return quotient(dimensionOf(left), dimensionOf(right));
  for (const sign of [" + ", " - "]) {
    const [one, other] = splitAt(query, sign);
    if (other !== undefined) return sum(dimensionOf(one), dimensionOf(other));
  }
  if (query.startsWith("(")) return dimensionOf(query.slice(1, -1));
  const product = /^(.*) \* 1000$/u.exec(query);
  if (product !== null) return inMilliseconds(dimensionOf(product[1] ?? ""));
  const quantile = /^histogram_quantile\([\d.]+, (.*)\)$/su.exec(query);
  if (quantile !== null) return dimensionOfRanges(quantile[1] ?? "");
  const ranges = /^sum by \(le\) \((.*)\)$/su.exec(query);
  if (ranges !== null) return dimensionOfRanges(ranges[1] ?? "") && "ranges";
  const call = /^(?:(sum|min|max|rate|increase)(?: by \([\w, ]+\) ?)?)\((.*)\)$/su.exec(query);
  if (call === null) return dimensionOfSeries(query);
  const inner = dimensionOf((call[2] ?? "").trim());
  return call[1] === "rate" ? quotient(inner, "s") : inner;
}

/** `time` comes in seconds, and Grafana's instants are in milliseconds. */
function inMilliseconds(dimension: string): string {
  if (dimension !== "time") throw new Error(`${dimension} times 1000`);
  return "instant";
}

function sum(one: string, other: string): string {
  if (one !== other) throw new Error(`${one} and ${other} together`);
  return one;
}

function quotient(above: string, below: string): string {
  if (above === below) return "1";
  const [numerator = "", perSecond] = above.split("/");
  const [divisor = "", belowPerSecond] = below.split("/");
  if (perSecond === belowPerSecond && divisor === "count") return numerator;
  if (perSecond === undefined && below === "s") return `${above}/s`;
  if (above === "1" && below === "count/s") return "s";
  throw new Error(`${above} for each ${below}`);
}

function dimensionOfRanges(query: string): string {
  const [, family = ""] = /\b(\w+)_bucket\b/u.exec(query) ?? [];
  return dimensionOfSeries(family);
}

function dimensionOfSeries(selector: string): string {
  const [, name = ""] = /^(\w+)(?:\{[^}]*\})?(?:\[[^\]]+\])?$/u.exec(selector) ?? [];
  if (name === "") throw new Error(`not a series: ${selector}`);
  const base = name.replace(/_(?:total|sum)$/u, "");
  if (base.endsWith("_timestamp_seconds")) return "time";
  if (base.endsWith("_seconds")) return "s";
  if (base.endsWith("_bytes")) return "bytes";
  if (base.endsWith("_ratio")) return "1";
  return "count";
}

/** The two sides of an operator that stands in no brackets. */
function splitAt(query: string, operator: string): readonly [string, string?] {
  let depth = 0;
  for (let at = 0; at < query.length; at += 1) {
    const letter = query.charAt(at);
    if ("({[".includes(letter)) depth += 1;
    if (")}]".includes(letter)) depth -= 1;
    if (depth === 0 && query.startsWith(operator, at)) return [query.slice(0, at), query.slice(at + operator.length)];
  }
  return [query];
}
