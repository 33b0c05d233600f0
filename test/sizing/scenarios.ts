import type { Millis } from "../../src/core/machine.ts";
import type { OpenRow, TraceRow } from "../../src/heartbeat/trace.ts";
import { deviceModel, readSettings } from "../../src/heartbeat/negotiators/models.ts";
import type { NegotiatorSettings } from "../../src/heartbeat/negotiators/negotiator.ts";
import type { Endings } from "../../src/path/condition.ts";
import type { Hop } from "../../src/path/hop.ts";
import { runVirtually, type Scenario } from "../../src/sizing/scenario.ts";
import { idle } from "../path/flows.ts";

export const SECOND: Millis = 1000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;

/** What of a scenario a test says; the rest is one `windows-mobile` on a path without hops, for three hours. */
export interface Said extends Partial<Omit<Scenario, "model" | "settings">> {
  readonly model?: string;
  readonly settings?: Partial<NegotiatorSettings>;
}

/** A scenario of which a test says only what matters to it. */
export function scenarioOf({ model: name = "windows-mobile", settings = {}, ...rest }: Said = {}): Scenario {
  const model = deviceModel(name);
  if (model === undefined) throw new Error(`no model ${name}`);
  const reading = readSettings(model, settings);
  if (reading.kind === "faults") throw new Error(reading.faults.join("\n"));
  const common = { hops: [], deviceCount: 1, mailAt: [], durationMs: 3 * HOUR, seed: 1 };
  return { ...common, model, settings: reading.settings, ...rest };
}

/** A device that asks the same for ever, in minutes. */
export function fixedAt(initialMinutes: number, graceMs: Millis = 5 * SECOND): Said {
  return { model: "fixed", settings: { initialSeconds: initialMinutes * 60, graceMs } };
}

/** A hop with one idle time-out; a reverse proxy when it answers. */
export function hopThat(name: string, idleTimeoutMs: Millis, atExpiry: Endings): Hop {
  const kind = typeof atExpiry.toDevice === "string" ? "nat" : "reverse-proxy";
  return { name, kind, conditions: [idle(idleTimeoutMs, atExpiry)] };
}

/** What a run told, and what it left parked. */
export interface Ran {
  readonly rows: readonly TraceRow[];
  readonly open: readonly OpenRow[];
}

/** Runs a scenario in virtual time. */
export function ran(said: Said): Ran {
  const rows: TraceRow[] = [];
  const open = runVirtually(scenarioOf(said), (row) => rows.push(row));
  return { rows, open };
}

/** The course of a run: minutes asked, outcome and hop of each exchange. */
export function courseOf({ rows }: Ran): readonly (readonly [minutes: number, outcome: string, hop: string | null])[] {
  return rows.map((row) => [row.heartbeatIntervalSeconds / 60, row.outcome, row.hop]);
}
