import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";

/** Where the files of `deploy/prometheus` are. */
export const PROMETHEUS = fileURLToPath(new URL("../../deploy/prometheus/", import.meta.url));

const ANNOTATIONS = z.strictObject({
  summary: z.string().min(1),
  description: z.string().min(1),
  runbook_url: z.string(),
  dashboard_url: z.string(),
});
const ALERT = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(["critical", "warning", "info"]) }),
  annotations: ANNOTATIONS,
});
const RECORDED = z.strictObject({ record: z.string(), expr: z.string() });

/** A rule that raises an alert. */
export type AlertRule = z.infer<typeof ALERT>;

/** A rule that keeps a figure. */
export type RecordingRule = z.infer<typeof RECORDED>;

export const alertRules: readonly AlertRule[] = rulesOf("alerts.yml", ALERT);
export const recordingRules: readonly RecordingRule[] = rulesOf("recording.yml", RECORDED);

function rulesOf<Rule>(file: string, rule: z.ZodType<Rule>): readonly Rule[] {
  const groups = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule) })) });
  const text = readFileSync(`${PROMETHEUS}rules/${file}`, "utf8");
  return groups.parse(parse(text)).groups.flatMap(({ rules }) => rules);
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * The text of rules with all their durations divided, those of windows (`[2h] offset 10m`) and those of `for`; the names of
 * figures (`:rate2h`) stay. So the rules that are shipped are those that are tried, in less time.
 */
export function inLessTime(text: string, divisor: number): string {
  return text.replaceAll(/(\[|for: |offset )(\d+)([smh])\b/gu, (_, before: string, count: string, unit: string) => {
    const seconds = Number(count) * (UNIT_SECONDS[unit] ?? Number.NaN);
    return `${before}${Math.ceil((1000 * seconds) / divisor)}ms`;
  });
}
