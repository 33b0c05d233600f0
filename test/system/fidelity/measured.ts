import type { Place } from "./differences.ts";
import { type Run, same, type Side, SIDES, type Sight, sightOf } from "./observations.ts";
import { IDLE_TIMEOUT_MS, SCENARIOS } from "./scenarios.ts";
import { ENDINGS, type FidelityEnding, type Middle, MIDDLES } from "./stage.ts";

/** How far apart two instants may lie that are the same: both programs and idlewall share the machine's processors. */
export const TOLERANCE_MS = 0.25 * IDLE_TIMEOUT_MS;

/** The columns of the table of scenarios. */
const COLUMNS = ["scenario", "ending", "firewall", "idlewall, user mode", "idlewall, kernel mode"];

const INSTANTS = ["scenario", "ending", "side", "firewall", "idlewall, user mode", "idlewall, kernel mode"];

/** What both ends saw in every run. */
export class Measured {
  readonly #runs = new Map<string, Run>();

  add(middle: Middle, ending: FidelityEnding, run: Run): void {
    this.#runs.set(`${middle} ${ending}`, run);
  }

  sight(middle: Middle, ending: FidelityEnding, side: Side, scenario: string): Sight {
    const run = this.#runs.get(`${middle} ${ending}`);
    if (run === undefined) throw new Error(`${middle} ${ending} did not run`);
    return sightOf(
      run,
      side,
      SCENARIOS,
      SCENARIOS.findIndex(({ name }) => name === scenario),
    );
  }

  /** Whether an end saw something else than it did behind the firewall. */
  differs({ scenario, middle, ending, side }: Place): boolean {
    const [firewall, here] = [
      this.sight("firewall", ending, side, scenario),
      this.sight(middle, ending, side, scenario),
    ];
    return !same(firewall, here, TOLERANCE_MS);
  }

  /** A place with what was seen there, for a test's message. */
  told({ scenario, middle, ending, side }: Place): string {
    const [firewall, here] = [
      this.sight("firewall", ending, side, scenario),
      this.sight(middle, ending, side, scenario),
    ];
    return `${middle}, ${ending}, ${side}: ${inWords(firewall)} | ${inWords(here)}`;
  }

  /** The table of scenarios, and the instants in one of their own. */
  report(): string {
    return [
      "# What both ends saw\n",
      table(COLUMNS, this.#scenarioRows()),
      "\n# When, in ms since the flow's first request\n",
      table(INSTANTS, this.#instantRows()),
      "",
    ].join("\n");
  }

  #scenarioRows(): readonly (readonly string[])[] {
    return SCENARIOS.flatMap(({ name }) =>
      ENDINGS.map((ending) => [name, ending, ...MIDDLES.map((middle) => this.#cell(middle, ending, name))]),
    );
  }

  #cell(middle: Middle, ending: FidelityEnding, scenario: string): string {
    const seen = SIDES.filter((side) => middle === "firewall" || this.differs({ scenario, middle, ending, side }));
    return seen.map((side) => `${side}: ${this.sight(middle, ending, side, scenario).words}`).join("; ") || "the same";
  }

  #instantRows(): readonly (readonly string[])[] {
    return SCENARIOS.flatMap(({ name }) =>
      ENDINGS.flatMap((ending) =>
        SIDES.map((side) => {
          const cells = MIDDLES.map((middle) => this.sight(middle, ending, side, name).atMs.join(", "));
          return [name, ending, side, ...cells];
        }),
      ),
    );
  }
}

/** The rows of a page's table of scenarios, however wide its columns are. */
export function scenarioRows(page: string): readonly (readonly string[])[] {
  const lines = page.split("\n").map(cellsOf);
  const start = lines.findIndex((cells) => cells.join("|") === COLUMNS.join("|"));
  if (start < 0) throw new Error(`no table with the columns ${COLUMNS.join(", ")}`);
  const length = lines.slice(start).findIndex((cells) => cells.length === 0);
  return lines.slice(start + 2, start + length);
}

function inWords({ words, atMs }: Sight): string {
  return `${words} at ${atMs.join(", ")} ms`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return [columns, columns.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function cellsOf(line: string): readonly string[] {
  return line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());
}
