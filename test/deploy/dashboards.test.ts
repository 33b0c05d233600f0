import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { BOARDS } from "../../deploy/grafana/source/boards.ts";
import { type BoardPanel, panelsOf, seriesIn, variablesIn } from "../support/boards.ts";
import { table } from "../support/markdown.ts";
import { unitOf } from "../support/promql-units.ts";

const DEPLOY = new URL("../../deploy/", import.meta.url);
const METRICS = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");
const MONITORING = readFileSync(new URL("../../docs/monitoring.md", import.meta.url), "utf8");

const boards = Object.entries(BOARDS);
const panels = boards.flatMap(([name, board]) =>
  panelsOf(board).map((panel): readonly [string, BoardPanel] => [`${name}: ${panel.title}`, panel]),
);

const heatMaps = panels.filter(([, { shape }]) => shape === "heatmap");

/** The series of docs/metrics.md, and those that Prometheus, prom-client and Node bring. */
const known = new Set([...METRICS.matchAll(/^\| `(idlewall_\w+)`/gmu)].map(([, name = ""]) => name));

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

test.each(boards)("%s.json is what its source builds; `npm run dashboards` writes it", async (name, board) => {
  await expect(json(board)).toMatchFileSnapshot(fileURLToPath(new URL(`grafana/dashboards/${name}.json`, DEPLOY)));
});

describe.each(boards)("%s", (_, board) => {
  test("has panels that do not overlap and fill the 24 columns of each line", () => {
    const taken = new Map<number, number>();
    for (const panel of panelsOf(board)) {
      const { x, y, w } = panel.gridPos;
      expect(x + w, panel.title).toBeLessThanOrEqual(24);
      taken.set(y, (taken.get(y) ?? 0) + w);
    }
    expect([...taken.values()].filter((columns) => columns !== 24)).toEqual([]);
  });

  test("declares each variable that its queries use, and uses each that it declares", () => {
    const declared = board.templating?.list?.map(({ name }) => name) ?? [];
    const builtIn = new Set(["__interval"]);
    const used = new Set(
      JSON.stringify(board.panels)
        .match(/\$\{?\w+/gu)
        ?.map((text) => text.replace(/\W+/u, "")),
    );
    expect([...used].filter((name) => !builtIn.has(name)).toSorted()).toEqual(declared.toSorted());
  });

  test("asks over an hour or two, which a request may wait", () => {
    const window = board.templating?.list?.find(({ name }) => name === "window");
    expect(window?.current?.value).toBe("2h");
    const ranges =
      JSON.stringify(board.panels)
        .match(/\[[^\]"]*\]/gu)
        ?.filter((text) => /^\[[$\d]/u.test(text)) ?? [];
    expect([...new Set(ranges)].filter((range) => !/^\[\$(?:window|__interval)\]$|^\[10,6\]$/u.test(range))).toEqual(
      [],
    );
  });
});

test("no two boards have one uid, and no two panels of a board one title", () => {
  expect(new Set(boards.map(([, { uid }]) => uid)).size).toBe(boards.length);
  expect(new Set(panels.map(([name]) => name)).size).toBe(panels.length);
});

test.each(panels)("%s has a unit that its queries give, and says what it shows", (_, panel) => {
  const units = panel.queries.map((query) => unitOf(query));
  expect(new Set(units)).toEqual(new Set([panel.unit]));
  expect(panel.description).toMatch(/^.{10,}\.$/u);
});

test.each(heatMaps)("%s counts each request once: over its step, which is several scrapes", (_, panel) => {
  expect(panel.interval).toBe("1m");
  expect(panel.queries.map((query) => /\[(.*)\]/u.exec(query)?.[1])).toEqual(["$__interval"]);
});

test.each(panels)("%s asks only for series that exist", (_, panel) => {
  const series = panel.queries.flatMap(seriesIn);
  expect(series.length).toBeGreaterThan(0);
  expect(series.filter((name) => name.startsWith("idlewall_") && !known.has(name))).toEqual([]);
});

test("the boards together show every series of docs/metrics.md", () => {
  const shown = new Set(panels.flatMap(([, panel]) => panel.queries.flatMap(seriesIn)));
  const hidden = [...known].filter((name) => !shown.has(name));
  expect(hidden).toEqual([]);
});

test("docs/monitoring.md lists the panels of both boards, in their order", () => {
  const told = table(MONITORING, "board|panel|unit|shows");
  const built = boards.flatMap(([, board]) =>
    panelsOf(board).map((panel) => [board.title?.split(" / ")[1], panel.title, `\`${panel.unit}\``, panel.description]),
  );
  expect(told).toEqual(built);
});

test("Grafana is given the boards and the data source that they ask by default", () => {
  const text = (name: string): unknown => parse(readFileSync(new URL(`grafana/provisioning/${name}`, DEPLOY), "utf8"));
  expect(text("datasources/prometheus.yml")).toMatchObject({
    datasources: [{ type: "prometheus", isDefault: true, url: "http://prometheus:9090" }],
  });
  expect(text("dashboards/idlewall.yml")).toMatchObject({
    providers: [{ type: "file", options: { path: "/var/lib/grafana-dashboards" } }],
  });
});

test("variables of a query are found, whatever their spelling", () => {
  expect(variablesIn('rate(a{b=~"$c"}[$__rate_interval]) / ${d}')).toEqual(["c", "__rate_interval", "d"]);
});
