import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Sample } from "./prometheus.ts";

/** What queries gave and when alerts fired and were quiet again, for people to read. */
export class MonitoringReport {
  readonly #queries: string[] = [];
  readonly #firedAt = new Map<string, number>();
  readonly #quietAt = new Map<string, number>();
  readonly #start = performance.now();

  /** Notes what an expression gave: how many series, and one of them. */
  note(where: string, expression: string, unit: string, samples: readonly Sample[]): void {
    const one = samples.find(({ value }) => value !== 0) ?? samples[0];
    const labels = JSON.stringify({ ...one?.labels, __name__: undefined });
    const cells = [where, `\`${expression}\``, unit, samples.length, `\`${labels}\``, one?.value];
    this.#queries.push(`| ${cells.join(" | ")} |`);
  }

  /** Notes which alerts fire now; those that did and don't are quiet again. */
  look(firing: readonly string[]): void {
    const now = (performance.now() - this.#start) / 1000;
    for (const name of firing) {
      if (!this.#firedAt.has(name)) this.#firedAt.set(name, now);
      this.#quietAt.delete(name);
    }
    for (const name of this.#firedAt.keys()) {
      if (!firing.includes(name) && !this.#quietAt.has(name)) this.#quietAt.set(name, now);
    }
  }

  /** The alerts that have fired, whether they do now or not. */
  get fired(): readonly string[] {
    return [...this.#firedAt.keys()];
  }

  write(file: string): void {
    const alerts = [...this.#firedAt].map(([name, at]) => {
      const quietAt = this.#quietAt.get(name);
      return `| \`${name}\` | ${at.toFixed(1)} s | ${quietAt === undefined ? "" : `${quietAt.toFixed(1)} s`} |`;
    });
    const lines = [
      "| alert | fired after | quiet again after |",
      "| --- | --- | --- |",
      ...alerts,
      "",
      "| where | query | unit | series | one of them | its value |",
      "| --- | --- | --- | --- | --- | --- |",
      ...this.#queries,
    ];
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${lines.join("\n")}\n`);
  }
}
