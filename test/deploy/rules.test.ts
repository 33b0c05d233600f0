import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { BOARDS } from "../../deploy/grafana/source/boards.ts";
import { seriesIn } from "../support/boards.ts";
import { table } from "../support/markdown.ts";
import { alertRules, inLessTime, PROMETHEUS, recordingRules } from "../support/rules.ts";

const MONITORING = readFileSync(new URL("../../docs/monitoring.md", import.meta.url), "utf8");
const METRICS = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");

const CASES = z.object({
  rule_files: z.array(z.string()),
  tests: z.array(
    z.object({
      alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })).optional(),
      promql_expr_test: z.array(z.object({ expr: z.string() })).optional(),
    }),
  ),
});

function casesOf(file: string): z.infer<typeof CASES>["tests"] {
  return CASES.parse(parse(readFileSync(`${PROMETHEUS}tests/${file}`, "utf8"))).tests;
}

const known = new Set([...METRICS.matchAll(/^\| `(idlewall_\w+)`/gmu)].map(([, name = ""]) => name));
const recorded = new Set(recordingRules.map(({ record }) => record));

describe.each(alertRules.map((rule) => [rule.alert, rule] as const))("%s", (name, rule) => {
  test("has a paragraph in docs/monitoring.md that its runbook_url names", () => {
    expect(rule.annotations.runbook_url).toBe(
      `{{ $externalLabels.idlewall_docs }}/monitoring.md#${name.toLowerCase()}`,
    );
    expect(MONITORING).toContain(`\n### ${name}\n\n`);
  });

  test("names a board that there is", () => {
    const links = Object.values(BOARDS).map(({ uid }) => `{{ $externalLabels.grafana }}/d/${uid}`);
    expect(links).toContain(rule.annotations.dashboard_url);
  });

  test("is tried by promtool: quiet at first, firing, quiet again", () => {
    const tried = casesOf("alerts.test.yml")
      .map(({ alert_rule_test: steps = [] }) => steps.filter(({ alertname }) => alertname === name))
      .map((steps) => steps.map(({ exp_alerts: expected }) => expected.length));
    expect(tried).toContainEqual([0, 1, 0]);
  });
});

test("docs/monitoring.md lists the alerts, with how much they matter and how long they wait", () => {
  const told = table(MONITORING, "alert|severity|for|when").map((row) => row.slice(0, 3));
  expect(told).toEqual(alertRules.map((rule) => [`\`${rule.alert}\``, rule.labels.severity, rule.for ?? "at once"]));
});

test.each(recordingRules)("$record is named level:metric:operations, and tried by promtool", ({ record }) => {
  expect(record).toMatch(/^instance(?:_[a-z]+)*:idlewall_[a-z_]+:[a-z]\w*\d[hm]$/u);
  const tried = casesOf("recording.test.yml").flatMap(({ promql_expr_test: steps = [] }) =>
    steps.map(({ expr }) => expr),
  );
  expect(tried.filter((expression) => expression.includes(record))).toHaveLength(1);
});

test.each([...alertRules, ...recordingRules])("a rule asks only for figures that exist: $expr", ({ expr }) => {
  const figures = expr.match(/\binstance\w*:\w+:\w+/gu) ?? [];
  const series = seriesIn(expr.replaceAll(/\binstance\w*:\w+:\w+/gu, "")).filter((name) =>
    name.startsWith("idlewall_"),
  );
  expect(figures.filter((name) => !recorded.has(name))).toEqual([]);
  expect(series.filter((name) => !known.has(name))).toEqual([]);
});

test("every alert is Idlewall's by its name, and no two rules have one", () => {
  const names = [...alertRules.map(({ alert }) => alert), ...recorded];
  expect(new Set(names).size).toBe(alertRules.length + recordingRules.length);
  expect(alertRules.filter(({ alert }) => !/^Idlewall[A-Z][A-Za-z]+$/u.test(alert))).toEqual([]);
});

const HTTP_ADDRESS: unknown = expect.stringMatching(/^https?:\/\/\S+[^/]$/u);

test("prometheus.yml scrapes the admin server of docker-compose.yml with the token that it makes, and gives links a base", () => {
  expect(parse(readFileSync(`${PROMETHEUS}prometheus.yml`, "utf8"))).toMatchObject({
    global: { external_labels: { idlewall_docs: HTTP_ADDRESS, grafana: HTTP_ADDRESS } },
    rule_files: ["rules/*.yml"],
    scrape_configs: [
      {
        job_name: "idlewall",
        authorization: { credentials_file: "/admin/token" },
        static_configs: [{ targets: ["proxy:9443"] }],
      },
    ],
  });
});

test("rules in less time keep their names", () => {
  const text = "record: a:b:rate2h\nexpr: rate(b[2h] offset 10m) + rate(b[15m])\nfor: 5m\n";
  expect(inLessTime(text, 360)).toBe(
    "record: a:b:rate2h\nexpr: rate(b[20000ms] offset 1667ms) + rate(b[2500ms])\nfor: 834ms\n",
  );
});
