import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { OUTCOME_SCENARIOS } from "../support/outcome-scenarios.ts";
import { type OutcomeStage, setOutcomeStage } from "../support/outcome-stage.ts";

const DOCS = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");

let stage: OutcomeStage;
let directory: string;
let prometheus: ChildProcess | undefined;
/** Of its API. */
let url: string | undefined;

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
  if (prometheus?.kill("SIGKILL") === true) await once(prometheus, "exit");
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
  url ??= await startPrometheus();
  const selector = encodeURIComponent('idlewall_exchanges_total{outcome="expired"}');
  await vi.waitFor(
    async () => {
      const found = await dataOf(`${url}/query_exemplars?start=0&end=9999999999&query=${selector}`);
      expect(found).toMatchObject([{ exemplars: [{ labels: { exchange: "1" }, value: "1" }] }]);
    },
    { interval: 100, timeout: 30_000 },
  );
  expect(await dataOf(`${url}/targets/metadata`)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ metric: "idlewall_exchanges", type: "counter" }),
      expect.objectContaining({ metric: "idlewall_heartbeat_asked_seconds", type: "histogram" }),
      expect.objectContaining({ metric: "idlewall_parked_requests", type: "gauge" }),
      expect.objectContaining({ metric: "process_open_fds", type: "gauge" }),
    ]),
  );
});

test("Prometheus takes every query that docs/metrics.md shows", async () => {
  url ??= await startPrometheus();
  const queries = [...DOCS.matchAll(/`([^`]*idlewall_[^`*]*)`/gu)].map(([, query = ""]) => query);
  const answers = queries.map(async (query) => {
    const answer: unknown = await (await fetch(`${url}/query?query=${encodeURIComponent(query)}`)).json();
    expect(answer, query).toMatchObject({ status: "success" });
  });
  await Promise.all(answers);
  expect(queries.length).toBeGreaterThan(80);
});

/** Starts a Prometheus that scrapes the stage each second, and gives the URL of its API. */
async function startPrometheus(): Promise<string> {
  const { host } = new URL(stage.adminUrl);
  const file = path.join(directory, "prometheus.yml");
  const job = `{ job_name: idlewall, scrape_interval: 1s, static_configs: [{ targets: ["${host}"] }] }`;
  writeFileSync(file, `scrape_configs: [${job}]\n`);
  const places = [`--config.file=${file}`, `--storage.tsdb.path=${directory}/data`, "--web.listen-address=127.0.0.1:0"];
  const child = spawn("prometheus", [...places, "--enable-feature=exemplar-storage"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  prometheus = child;
  return new Promise((resolve, reject) => {
    let told = "";
    child.once("error", reject).once("exit", () => reject(new Error(`Prometheus ended:\n${told}`)));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      told += text;
      const [, address] = /"Listening on" address=(\S+)/u.exec(told) ?? [];
      if (address !== undefined && told.includes("Server is ready")) resolve(`http://${address}/api/v1`);
    });
  });
}

/** The `data` of an answer of Prometheus' API. */
async function dataOf(place: string): Promise<unknown> {
  const answer: unknown = await (await fetch(place)).json();
  if (typeof answer === "object" && answer !== null && "data" in answer) return answer.data;
  throw new Error(`${place}: ${JSON.stringify(answer)}`);
}
