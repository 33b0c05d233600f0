import { describe, expect, test } from "vitest";
import { OUTCOMES } from "../../src/heartbeat/events.ts";
import { OUTCOME_SCENARIOS, type OutcomeScenario } from "../support/outcome-scenarios.ts";
import { setOutcomeStage } from "../support/outcome-stage.ts";

/** What one exchange left behind. */
interface Traces {
  readonly scenario: OutcomeScenario;
  /** Lines of the log about it, at `info` or above. */
  readonly lines: readonly string[];
  /** Series that have another value now, with what was added. */
  readonly increments: readonly string[];
  /** The API's last event of it. */
  readonly event: string;
}

/** Series of the connection, which is there whatever becomes of the exchange, of bytes and of the machine. */
const BESIDE = /_bucket|_bytes_total|^idlewall_(?:connection|open_connection|tls|timer)/u;

async function play(scenario: OutcomeScenario): Promise<Traces> {
  await using stage = await setOutcomeStage(scenario.profile);
  await scenario.play(stage);
  await stage.until(scenario.lastMessage ?? `Ping ${scenario.outcome}`);
  const increments = [...(await stage.increments())]
    .filter(([name]) => !BESIDE.test(name))
    .map(([name, added]) => `${name} ${added > 0 ? "+" : ""}${added}`);
  const lines = stage.log.filter((line) => /^\{"level":"(?:info|warn|error)"/u.test(line) && !line.includes("started"));
  const event = await stage.event(scenario.outcome === "open" ? "asked" : "ended");
  return { scenario, lines: lines.map((line) => line.replace(/"time":"[^"]*",/u, "")), increments, event };
}

const played = await Promise.all(OUTCOME_SCENARIOS.map(play));

describe.each(played)(
  "an exchange that ends as $scenario.outcome",
  ({ scenario: { outcome }, lines, increments, event }) => {
    test("is told as that by the log, the metrics and the API, each once", () => {
      const ended = outcome === "open" ? [] : [outcome];
      const logged = lines.flatMap((line) => /"outcome":"(\w+)"/u.exec(line)?.[1] ?? []);
      const counted = increments.flatMap(
        (line) => /^idlewall_exchanges_total\{.*outcome="(\w+)"\} \+1$/u.exec(line)?.[1] ?? [],
      );
      const told = /"outcome":"(\w+)"/u.exec(event)?.[1];
      expect([logged, counted, told]).toEqual([ended, ended, ended[0]]);
    });

    test("was asked once", () => {
      expect(increments).toContain('idlewall_exchanges_asked_total{command="Ping"} +1');
      expect(increments.includes('idlewall_parked_requests{command="Ping"} +1')).toBe(outcome === "open");
    });
  },
);

test("there is an exchange for each outcome", () => {
  expect(OUTCOME_SCENARIOS.map(({ outcome }) => outcome)).toEqual(OUTCOMES);
});

test("docs/outcomes.md shows these exchanges", async () => {
  await expect(pageOf(played)).toMatchFileSnapshot("../../docs/outcomes.md");
});

const INTRODUCTION = `# Outcomes

An exchange is a Ping or a Sync that may wait, and it ends in exactly one outcome. Here is one of each, live: a device that
asks for 15 minutes, a server, and what lies between; with its line in the [log](log.md), what it adds to the
[metrics](metrics.md), and its event in the [API](api.md). Series of connections, bytes and timers are left out, and the
time of the line, which is real.

A test plays these exchanges and holds this page to what it finds; \`npx vitest run --project live
test/cli/outcomes.test.ts -u\` writes it anew.
`;

function pageOf(all: readonly Traces[]): string {
  const heading = ["outcome", "what happens", "ending", "waited"];
  const rows = all.map(({ scenario: { outcome, story }, event }) => [
    `[${outcome}](#${outcome.toLowerCase()})`,
    story,
    /"ending":"(..)"/u.exec(event)?.[1] ?? "",
    /"waitedSeconds":([\d.]+)/u.exec(event)?.[1]?.concat(" s") ?? "",
  ]);
  return [INTRODUCTION, tableOf([heading, ...rows]), ...all.map(chapterOf)].join("\n");
}

function tableOf([heading = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = heading.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(" | ")} |\n`;
  return [line(heading), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("");
}

function chapterOf({ scenario: { outcome, story }, lines, increments, event }: Traces): string {
  const log =
    lines.length === 0
      ? "Nothing stands in the log yet; `--log-level debug` shows the asking.\n"
      : fenced("jsonl", lines);
  return [`## ${outcome}\n`, `${story}\n`, log, fenced("text", increments), fenced("jsonl", [event])].join("\n");
}

function fenced(kind: string, lines: readonly string[]): string {
  return ["```" + kind, ...lines, "```", ""].join("\n");
}
