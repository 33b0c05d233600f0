import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { OUTCOME_SCENARIOS } from "../support/outcome-scenarios.ts";
import { type OutcomeStage, setOutcomeStage } from "../support/outcome-stage.ts";
import { RunningPrometheus } from "../support/prometheus.ts";

const DOCS = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");

let stage: OutcomeStage;
let directory: string;
let prometheus: RunningPrometheus | undefined;

/** A Ping has expired, and was answered too late. */
beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "idlewall-metrics-"));
  const scenario = OUTCOME_SCENARIOS.find(({ outcome }) => outcome === "expired");
  if (scenario === undefined) throw new Error("no exchange expires");
  stage = await setOutcomeStage(scenario.profile);
  await scenario.play(stage);
  await stage.until("late answer");
});

afterAll(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true, force: true });
});

test("promtool finds nothing to mend in the metrics, those of the process included", async () => {
  const input = await (await fetch(`${stage.adminUrl}/metrics`)).text();
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "metrics"], { input, encoding: "utf8" });
  expect([status, stdout, stderr]).toEqual([0, "", ""]);
  expect(input).toMatch(/^idlewall_expiries_total\{hop="carrier",action="drop"\} 1$/mu);
});

test("Prometheus reads them as OpenMetrics, and keeps the numbers of exchanges", async () => {
  const scraper = (prometheus ??= await startPrometheus());
  const selector = encodeURIComponent('idlewall_exchanges_total{outcome="expired"}');
  await vi.waitFor(
    async () => {
      const found = await scraper.get(`query_exemplars?start=0&end=9999999999&query=${selector}`);
      expect(found).toMatchObject([{ exemplars: [{ labels: { exchange: "1" }, value: "1" }] }]);
    },
    { interval: 100, timeout: 30_000 },
  );
  expect(await scraper.get("targets/metadata")).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ metric: "idlewall_exchanges", type: "counter" }),
      expect.objectContaining({ metric: "idlewall_heartbeat_asked_seconds", type: "histogram" }),
      expect.objectContaining({ metric: "idlewall_parked_requests", type: "gauge" }),
      expect.objectContaining({ metric: "process_open_fds", type: "gauge" }),
    ]),
  );
});

test("Prometheus takes every query that docs/metrics.md shows", async () => {
  const scraper = (prometheus ??= await startPrometheus());
  const queries = [...DOCS.matchAll(/`([^`]*idlewall_[^`*]*)`/gu)].map(([, query = ""]) => query);
  const answers = queries.map(async (query) => {
    const answer = await scraper.get(`query?query=${encodeURIComponent(query)}`);
    expect(answer, query).toMatchObject({ resultType: "vector" });
  });
  await Promise.all(answers);
  expect(queries.length).toBeGreaterThan(80);
});

/** Starts a Prometheus that scrapes the stage each second. */
async function startPrometheus(): Promise<RunningPrometheus> {
  const { host } = new URL(stage.adminUrl);
  const file = path.join(directory, "prometheus.yml");
  const job = `{ job_name: idlewall, scrape_interval: 1s, static_configs: [{ targets: ["${host}"] }] }`;
  writeFileSync(file, `scrape_configs: [${job}]\n`);
  return await RunningPrometheus.start(file, path.join(directory, "data"));
}
