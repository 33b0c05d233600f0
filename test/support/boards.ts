import type { Dashboard } from "@grafana/grafana-foundation-sdk/dashboard";
import { z } from "zod";

const PANEL = z.object({
  type: z.string(),
  title: z.string(),
  description: z.string(),
  interval: z.string(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
  targets: z.array(z.object({ expr: z.string(), refId: z.string(), legendFormat: z.string() })),
  fieldConfig: z.object({ defaults: z.object({ unit: z.string().optional() }) }),
  options: z.object({ yAxis: z.object({ unit: z.string() }).optional() }),
});

/** What tests ask of a panel. */
export interface BoardPanel {
  readonly title: string;
  readonly description: string;
  /** Of the values that it draws; of the rows' borders in a heat map. */
  readonly unit: string | undefined;
  readonly shape: string;
  /** The least distance of its points. */
  readonly interval: string;
  readonly queries: readonly string[];
  readonly gridPos: z.infer<typeof PANEL>["gridPos"];
}

/** The panels of a board, without the headings. */
export function panelsOf(board: Dashboard): readonly BoardPanel[] {
  return (board.panels ?? [])
    .filter(({ type }) => type !== "row")
    .map((panel) => {
      const { type, title, description, interval, gridPos, targets, fieldConfig, options } = PANEL.parse(panel);
      const unit = fieldConfig.defaults.unit ?? options.yAxis?.unit;
      const queries = targets.map(({ expr }) => expr);
      return { title, description, interval, gridPos, shape: type, unit, queries };
    });
}

/** The series that a query asks for, histograms by their own name. */
export function seriesIn(query: string): readonly string[] {
  const names = query.match(/\b(?:idlewall|process|nodejs|scrape)_\w+/gu) ?? [];
  return names.map((name) => name.replace(/(?<=_seconds)_(?:bucket|sum|count)$/u, ""));
}

/** The variables that a query leaves to its board. */
export function variablesIn(query: string): readonly string[] {
  return [...query.matchAll(/\$\{?(\w+)/gu)].map(([, name = ""]) => name);
}

/** A query as Grafana would ask it: with these values for the variables of its board. */
export function filledIn(query: string, values: Readonly<Record<string, string>>): string {
  return query.replaceAll(/\$\{?(\w+)\}?/gu, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`no value for ${name} in ${query}`);
    return value;
  });
}
