import type { Distribution } from "../core/distribution.ts";

/** How series are shown: Prometheus' text format, or OpenMetrics, which has exemplars. */
export type ExpositionFormat = "text" | "openmetrics";

/** Media types, as Prometheus negotiates them. Source: prometheus.io, "Scrape protocol content negotiation". */
export const MEDIA_TYPES: Readonly<Record<ExpositionFormat, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** The exchange behind a figure, which the log and the API know by the same number. */
export interface Exemplar {
  readonly exchange: number;
  /** What it added to the figure. */
  readonly value: number;
  /** In real ms since 1970. */
  readonly at: number;
}

/** One figure of a family. */
export interface Sample {
  /** Names and values of its labels, as they are written: `command="Ping"`. */
  readonly labels: string;
  readonly value: number;
  readonly exemplar?: Exemplar | undefined;
}

/** The buckets of one combination of labels. */
export interface Buckets {
  readonly labels: string;
  readonly distribution: Distribution;
  /** The latest exemplar of each range, where there was one. */
  readonly exemplars?: readonly (Exemplar | undefined)[];
}

/** Series of one name, whose figures are kept as plain numbers and read at a scrape. */
export type Family = { readonly name: string; readonly help: string } & (
  | { readonly kind: "counter" | "gauge"; samples(): readonly Sample[] }
  | { readonly kind: "histogram"; buckets(): readonly Buckets[] }
);

/** Writes families; exemplars in OpenMetrics only. */
export function writeFamilies(families: readonly Family[], format: ExpositionFormat): string {
  return families
    .map((family) => {
      const { name, kind, help } = family;
      const lines =
        family.kind === "histogram" ? histogramLines(name, family.buckets(), format) : plainLines(family, format);
      return [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines, ""].join("\n");
    })
    .join("\n");
}

/**
 * Makes OpenMetrics of a page in the text format: counters are named without `_total` but in their samples, there are no
 * empty lines, and `# EOF` says that the page is whole (OpenMetrics 1.0, "Text format").
 */
export function asOpenMetrics(page: string): string {
  const named = page.replaceAll(COUNTER_HEAD, "# HELP $<name> $<help>\n# TYPE $<name> counter");
  return `${named.replaceAll(/\n{2,}/gu, "\n")}# EOF\n`;
}

const COUNTER_HEAD = /^# HELP (?<name>\w+)_total (?<help>.*)\n# TYPE \k<name>_total counter$/gmu;

function plainLines(
  family: Extract<Family, { readonly kind: "counter" | "gauge" }>,
  format: ExpositionFormat,
): string[] {
  return family.samples().map((sample) => line(family.name, sample, format));
}

function histogramLines(name: string, buckets: readonly Buckets[], format: ExpositionFormat): string[] {
  return buckets.flatMap(({ labels, distribution, exemplars }) => {
    const counts = distribution.cumulative();
    const lines = counts.map((value, range) => {
      const le = `le="${distribution.bounds[range] ?? "+Inf"}"`;
      const all = labels === "" ? le : `${le},${labels}`;
      return line(`${name}_bucket`, { labels: all, value, exemplar: exemplars?.[range] }, format);
    });
    const [sum, count] = [distribution.sum, counts.at(-1) ?? 0];
    return [
      ...lines,
      line(`${name}_sum`, { labels, value: sum }, format),
      line(`${name}_count`, { labels, value: count }, format),
    ];
  });
}

function line(name: string, { labels, value, exemplar }: Sample, format: ExpositionFormat): string {
  const figure = `${name}${labels === "" ? "" : `{${labels}}`} ${value}`;
  if (format === "text" || exemplar === undefined) return figure;
  return `${figure} # {exchange="${exemplar.exchange}"} ${exemplar.value} ${exemplar.at / 1000}`;
}
