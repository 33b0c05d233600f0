import { describe, expect, test } from "vitest";
import { htmlReport } from "../../../src/report/html/page.ts";
import type { Ladders, Report } from "../../../src/report/report.ts";
import type { SizeResult } from "../../../src/sizing/size-result.ts";
import { ladder, rungRow } from "../../support/ladders.ts";
import { liveDevice, liveState } from "../../support/live-states.ts";
import { outsideReferences, pageFaults } from "../../support/pictures.ts";
import { sizeResult } from "../../support/size-results.ts";

const LADDERS: Ladders = {
  kind: "ladders",
  device: "windows-mobile",
  carrier: { name: "carrier", idleTimeoutSeconds: 780 },
  runs: [ladder([rungRow(0)]), ladder([rungRow(0)], { title: "Recommended", idleTimeoutSeconds: 840 })],
};

const NONE: Ladders = { kind: "none", reason: "no device is given" };

function sized(result: SizeResult, ladders: Ladders = LADDERS): Report {
  return { version: "1.2.3", size: { result, ladders } };
}

/** A result with as little in it as there can be. */
function bare(): SizeResult {
  const { settings, recommendation } = sizeResult();
  const hours = Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 0 : 1 / 12));
  return {
    settings: {
      ...settings,
      firewall: { ...settings.firewall, todaySeconds: null },
      mail: { perDay: 0, hours },
      logs: ["u_ex261126.log"],
    },
    rows: [],
    recommendation: { ...recommendation, boundBy: "nothing", reasons: [], today: null, order: [], commands: [] },
  };
}

const many = Array.from({ length: 150 }, (_, index) => liveDevice(String(index).padStart(12, "0")));

const NOTHING_SEEN = { recommendation: { text: "Not enough seen yet.", reasons: [], wontHelp: [], hops: [] } };

const REPORTS: readonly (readonly [string, Report])[] = [
  ["a whole result", sized(sizeResult(40))],
  ["a result without anything", sized(bare(), NONE)],
  ["a running idlewall", { version: "1.2.3", live: liveState() }],
  [
    "one that has seen nothing",
    {
      version: "1.2.3",
      live: liveState({ ...NOTHING_SEEN, networks: [], bounds: [], devices: [], ended: [], forgottenEvents: 0 }),
    },
  ],
  ["both", { ...sized(sizeResult(2)), live: liveState({ devices: many }) }],
];

describe.each(REPORTS)("of %s", (_, report) => {
  test("is valid HTML and accessible", async () => {
    expect(await pageFaults(htmlReport(report))).toEqual([]);
  });

  test("refers to nothing outside, and needs no script", () => {
    expect(outsideReferences(htmlReport(report))).toEqual([]);
  });

  test("has no id twice, and every reference to one leads somewhere", () => {
    const html = htmlReport(report);
    const ids = [...html.matchAll(/ id="([^"]*)"/gu)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const referred = [...html.matchAll(/ aria-labelledby="([^"]*)"/gu)].flatMap(([, of = ""]) => of.split(" "));
    expect(referred.filter((id) => !ids.includes(id))).toEqual([]);
  });
});

test("tables that are wider than the page can be reached and scrolled by keyboard, and have a name", () => {
  const html = htmlReport({ ...sized(sizeResult()), live: liveState() });
  const scrolled = [...html.matchAll(/<section class="scroll"([^>]*)>/gu)].map(([, attributes = ""]) => attributes);
  expect(scrolled.length).toBeGreaterThan(5);
  for (const attributes of scrolled) expect(attributes).toMatch(/^ tabindex="0" aria-label="[^"]+"$/u);
});

test("the checks of a page find what they are for", async () => {
  expect(
    await pageFaults("<!doctype html><html><head><title>a</title></head><body><p><div></div></p></body></html>"),
  ).not.toEqual([]);
  expect(
    outsideReferences('<img src="a"><link href="b"><style>@import "c"; p { background: url(d) }</style>'),
  ).toHaveLength(6);
});

test("begins with the recommendation in one sentence, and then its reasons", () => {
  const html = htmlReport(sized(sizeResult()));
  const words = html.replaceAll(/<style>.*?<\/style>/gsu, "").replaceAll(/<[^>]*>/gu, " ");
  expect(words.replaceAll(/\s+/gu, " ")).toMatch(
    /Direct Push: 14 min \(840 s\) Set the firewall&#39;s idle time-out to 14 min \(840 s\), in place of today&#39;s 5 min: .* Why Behind a carrier/u,
  );
});

test("says why there is nothing to type for a product that does not take the time-out", () => {
  const { recommendation, ...rest } = sizeResult();
  const commands = [{ product: "azure", lines: [], reason: "it takes whole minutes up to 100" }];
  const html = htmlReport(sized({ ...rest, recommendation: { ...recommendation, commands } }));
  expect(html).toMatch(/<h3>azure<\/h3>\s*<p>it takes whole minutes up to 100<\/p>/u);
});

test("escapes what comes from outside", () => {
  const hostile = `<script>alert("1")</script>`;
  const { settings, recommendation, rows } = sizeResult();
  const result = {
    rows,
    settings: { ...settings, logs: [hostile], carriers: settings.carriers.map((each) => ({ ...each, name: hostile })) },
    recommendation: { ...recommendation, reasons: [hostile], commands: [{ product: hostile, lines: [hostile] }] },
  };
  const live = liveState({ url: hostile, devices: [liveDevice(hostile, { deviceType: hostile, state: hostile })] });
  const html = htmlReport({ ...sized(result), live });
  expect(html).not.toContain("<script");
  expect(html.split("&lt;script&gt;").length).toBeGreaterThan(8);
});

test("a picture that is wider than a telephone's screen is moved along there, in letters that can be read", () => {
  const html = htmlReport({ version: "1.2.3", live: liveState() });
  expect(html).toMatch(/<svg viewBox="0 0 720 \d+" class="wide"/u);
  expect(html).toMatch(/figure \{[^}]*overflow-x: auto;.*@media screen \{ svg\.wide \{ min-width: 38rem; \} \}/su);
  expect(htmlReport(sized(sizeResult()))).toMatch(/<svg viewBox="0 0 350 \d+" role="img"/u);
});

test("marks today's row and the recommended one in words", () => {
  const html = htmlReport(sized(sizeResult()));
  expect([...html.matchAll(/<th scope="row">([^<]*)<small>([^<]*)</gu)].map(([, row, mark]) => [row, mark])).toEqual([
    ["5 min", "today"],
    ["14 min", "recommended"],
  ]);
  const { settings, ...rest } = sizeResult();
  const same = { ...rest, settings: { ...settings, firewall: { ...settings.firewall, todaySeconds: 840 } } };
  expect(htmlReport(sized(same))).toContain("<small>recommended, today</small>");
});

test("tells why there is no ladder, and of a path without a carrier that it has none", () => {
  expect(htmlReport(sized(sizeResult(), NONE))).toContain("Not shown: no device is given.");
  const open: Ladders = { ...LADDERS, carrier: { name: "office", idleTimeoutSeconds: null } };
  expect(htmlReport(sized(sizeResult(), open))).toContain(
    "One windows-mobile with no carrier that forgets, under each",
  );
});

test("tells the mail over the day where it is not even, and where the workload is from", () => {
  expect(htmlReport(sized(bare()))).toMatch(/Mail over the day.*<td>0 %<\/td><td>0 %<\/td><td>50 %<\/td>/su);
  expect(htmlReport(sized(bare()))).toContain("those of u_ex261126.log.");
  expect(htmlReport(sized(sizeResult()))).not.toContain("Mail over the day");
});

test("tells of a running idlewall its bounds, failures, alert and devices", () => {
  const html = htmlReport({ version: "1.2.3", live: liveState({ devices: [...liveState().devices, ...many] }) });
  const cells = (row: string) => [...row.matchAll(/<t[hd][^>]*>([^<]*)</gu)].map(([, cell]) => cell);
  const rows = [...html.matchAll(/<tr>.*?<\/tr>/gsu)].map(([row]) => cells(row).join(" | "));
  expect(rows).toEqual(
    expect.arrayContaining([
      "carrier | https | 13 min | 60 min | ask | it is the shortest | Understanding Direct Push",
      "192.0.2.0/24 | https | 2 | 12 | 6 | 100 % | carrier bounds the heartbeat.",
      "198.51.100.0/24 | https | 1 | 2 | 0 | – | Not enough seen yet.",
      "192.0.2.0/24 | wall | 7 min | 12 | 7 min 20 s | 3 | 99.9 % | 4",
      "198.51.100.0/24 | open | – | – | – | – | – | 0",
      "Interval asked | expired | lost | changes | held | rejected",
      "15 min | 1 | 1 | 0 | 0 | 0",
      "not told | 0 | 0 | 0 | 1 | 1",
      "Ping | raised | 480 s | 200 | 540 s",
      "Sync | no | – | 0 | 540 s",
      "00000000000b | PocketPC | Ping | 7 min | – | searching | 6 | 1",
      "00000000000a | PocketPC | Ping 8 min | 7 min | – | searching | 0 | 5",
    ]),
  );
  expect(html).toContain("7 earlier events are no longer kept there");
  expect(html).toContain('<p class="lead">The carrier of 13 min bounds the heartbeat.</p>');
  expect(html).toMatch(
    /4 requests of 15\u00A0min expired there\..*What would not help.*A longer time-out on the firewall\./su,
  );
  expect(html).toContain("(the latest 200)");
  expect(html).toContain("52 more are not shown");
});

test("of nothing says so", () => {
  expect(htmlReport({ version: "1.2.3" })).toContain("<h1>Nothing to report</h1>");
});
