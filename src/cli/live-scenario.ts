import type { OpenRow, TraceRow } from "../heartbeat/trace.ts";
import type { Scenario } from "../sizing/scenario.ts";

/** placeholder until devices land */
export async function runLive(_s: Scenario, _t: number, _tell: (row: TraceRow) => void): Promise<readonly OpenRow[]> {
  return Promise.reject(new Error("not yet"));
}
