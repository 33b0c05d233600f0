import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { BOARDS } from "../../deploy/grafana/source/boards.ts";
import { filledIn, panelsOf } from "../support/boards.ts";
import { MonitoredStage } from "../support/monitored-stage.ts";
import { MonitoringReport } from "../support/monitoring-report.ts";
import type { Sample } from "../support/prometheus.ts";
import { alertRules, PROMETHEUS, recordingRules } from "../support/rules.ts";

/** What Grafana would put for the variables of a board; the window is that of the rules in less time. */
const VARIABLES = { instance: ".*", command: ".*", profile: ".*", window: "20s", __interval: "2s" };

/** Alerts that the stage raises; those that want a limit, a kernel or a stalled machine are raised by tests of their own. */
const RAISED = [
  "IdlewallIntervalsShort",
  "IdlewallPathFails",
  "IdlewallWallInFront",
  "IdlewallAnswersLate",
  "IdlewallStorm",
  "IdlewallServerFails",
  "IdlewallHandshakesFail",
  "IdlewallBodiesUnread",
  "IdlewallReloadFailed",
];

/** The least and the most that can be, and of how many series at least. */
type Expected = readonly [least: number, most: number, series: number];

/** A heat map counts in each of the histogram's ranges. */
const RANGES_OF_A_HISTOGRAM: Expected = [0, 1e6, 22];

const REPORT = fileURLToPath(new URL("../../reports/monitoring.md", import.meta.url));
const SOON = { interval: 100, timeout: 90_000 };
const report = new MonitoringReport();
let stage: MonitoredStage;

const queries = Object.values(BOARDS).flatMap((board) =>
  panelsOf(board).flatMap(({ title, unit, shape, queries: asked }) =>
    asked.map((query) => ({ board: board.title ?? "", title, unit: unit ?? "", shape, query })),
  ),
);

beforeAll(async () => {
  stage = await MonitoredStage.set();
});

afterAll(async () => {
  report.write(REPORT);
  await stage[Symbol.asyncDispose]();
});

/** The alerts that fire now. */
async function firing(): Promise<readonly string[]> {
  const names = await stage.prometheus.firing();
  report.look(names);
  return names;
}

/** What a value of this unit may be here: nothing waits for hours, no share is above one but the processor's and what is late. */
function plausible(unit: string): Expected {
  if (unit === "percentunit") return [0, 1.5, 1];
  if (unit === "s") return [0, 7200, 1];
  if (unit === "dateTimeFromNow") return [Date.now() - 3_600_000, Date.now(), 1];
  return [0, 1e9, 1];
}

function promtool(...words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync("promtool", words, { cwd: PROMETHEUS, encoding: "utf8" });
  return { status, told: `${stdout}${stderr}` };
}

describe("promtool", () => {
  const filesIn = (folder: string) => readdirSync(`${PROMETHEUS}${folder}`).map((name) => `${folder}/${name}`);

  test("finds nothing to mend in the rules", () => {
    expect(promtool("check", "rules", "--lint=all", "--lint-fatal", ...filesIn("rules"))).toMatchObject({ status: 0 });
  });

  test("finds nothing to mend in the scrape configuration, with a token where it expects one", () => {
    expect(promtool("check", "config", "--lint=all", "--lint-fatal", stage.configuration)).toMatchObject({ status: 0 });
    expect(promtool("check", "config", "--syntax-only", "prometheus.yml")).toMatchObject({ status: 0 });
  });

  test("has each rule give what its test expects", () => {
    const { status, told } = promtool("test", "rules", ...filesIn("tests"));
    expect([status, told.match(/SUCCESS/gu)?.length], told).toEqual([0, filesIn("tests").length]);
  });
});

test("a fleet of which nothing is held raises an alert", async () => {
  stage.startHopelessFleet();
  await vi.waitFor(async () => expect(await firing()).toContain("IdlewallNothingHeld"), SOON);
});

describe("a fleet that the path fails, and faults made on purpose", () => {
  test("raise alerts", async () => {
    stage.startFailingFleets();
    stage.reload({ faulty: true });
    await vi.waitFor(async () => {
      await Promise.all([stage.sendNonsense(), stage.missServer(), stage.failHandshake(), stage.failHandshake()]);
      if (!report.fired.includes("IdlewallStorm")) await stage.storm();
      await firing();
      expect(report.fired).toEqual(expect.arrayContaining(RAISED));
    }, SOON);
  });

  test.each(recordingRules)("give $record a value", async ({ record }) => {
    const samples = await stage.prometheus.query(record);
    report.note("recorded", record, "", samples);
    expect(samples.filter(({ value }) => Number.isFinite(value))).not.toEqual([]);
  });

  test.each(queries)("give numbers to $board: $title, $query", async ({ board, title, unit, shape, query }) => {
    const samples = await stage.prometheus.query(filledIn(query, VARIABLES));
    report.note(`${board}: ${title}`, query, unit, samples);
    const [least, most, series] = shape === "heatmap" ? RANGES_OF_A_HISTOGRAM : plausible(unit);
    const values = finite(samples);
    expect(values.length).toBeGreaterThanOrEqual(series);
    expect(values.filter((value) => value < least || value > most)).toEqual([]);
  });

  test("leave every rule in good health", async () => {
    const rules = await stage.prometheus.rules();
    expect(rules).toHaveLength(alertRules.length + recordingRules.length);
    expect(rules.filter(({ health, lastError }) => health !== "ok" || lastError !== undefined)).toEqual([]);
  });

  test("show as more than nothing where they should", async () => {
    expect(await valueOf("instance:idlewall_exchanges_failed_or_unheard_per_asked:ratio_increase2h")).toBeGreaterThan(
      0.05,
    );
    expect(await valueOf('idlewall_profile_idle_timeout_seconds{profile="short",hop="carrier"}')).toBe(300);
    expect(await valueOf('idlewall_alert_mean_seconds{command="Ping"}')).toBeLessThanOrEqual(540);
  });

  test("bracket the wall in front, the closer the longer they try", async () => {
    await vi.waitFor(async () => {
      const failed = await valueOf("idlewall_shortest_wall_failed_seconds");
      expect(failed).toBeGreaterThanOrEqual(440);
      expect(failed).toBeLessThanOrEqual(464);
    }, SOON);
    const held = await valueOf("idlewall_shortest_wall_held_seconds");
    expect(held).toBeGreaterThanOrEqual(240);
    expect(held).toBeLessThan(440);
  });
});

describe("a fleet that is held, and no more faults", () => {
  test("have every alert quiet again", async () => {
    stage.reload({ faulty: false });
    await stage.startHealthyFleet();
    await vi.waitFor(async () => {
      expect(await firing()).toEqual([]);
    }, SOON);
    const [mean] = await stage.prometheus.query('idlewall_alert_mean_seconds{command="Ping"}');
    expect(mean?.value).toBeGreaterThan(540);
  });
});

describe("a proxy that does not answer", () => {
  test("raises an alert, which is quiet again when it does", async () => {
    stage.proxy.signal("SIGSTOP");
    await vi.waitFor(async () => expect(await firing()).toContain("IdlewallDown"), SOON);
    stage.proxy.signal("SIGCONT");
    await vi.waitFor(async () => expect(await firing()).not.toContain("IdlewallDown"), SOON);
  });
});

/** The value of the one series that a query gives; NaN fits no comparison. */
async function valueOf(query: string): Promise<number | undefined> {
  const values = (await stage.prometheus.query(query)).map((sample) => sample.value);
  expect(values, query).toHaveLength(1);
  return values[0];
}

function finite(samples: readonly Sample[]): readonly number[] {
  return samples.map(({ value }) => value).filter(Number.isFinite);
}
