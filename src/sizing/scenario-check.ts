import { LARGEST_SEED } from "../core/random.ts";
import { UsageError } from "../errors.ts";
import { clientAccessFaults, DEFAULT_CLIENT_ACCESS } from "../heartbeat/client-access.ts";
import type { Scenario } from "./scenario.ts";

/**
 * Checks what a scenario counts with: a time or number that is none would let a run go on for ever, and nothing could
 * end it.
 * @throws UsageError E_USAGE every fault, each with its field
 */
export function checkScenario(scenario: Scenario): void {
  const faults = [settingsFaults, serverFaults, countFaults, mailFaults].flatMap((faultsOf) => faultsOf(scenario));
  if (faults.length > 0) throw new UsageError("E_USAGE", faults.join("\n"));
}

function settingsFaults({ model, settings }: Scenario): readonly string[] {
  return model.faults(settings).map((fault) => `settings: ${fault}`);
}

function serverFaults({ server }: Scenario): readonly string[] {
  return clientAccessFaults({ ...DEFAULT_CLIENT_ACCESS, ...server }).map((fault) => `server: ${fault}`);
}

function countFaults({ deviceCount, durationMs, seed }: Scenario): readonly string[] {
  return [
    ...faultOf("deviceCount", deviceCount, isWhole(deviceCount), "a whole number from 0 on"),
    ...faultOf("durationMs", durationMs, isTime(durationMs), "ms from 0 on"),
    ...faultOf("seed", seed, isWhole(seed) && seed <= LARGEST_SEED, `a whole number from 0 to ${LARGEST_SEED}`),
  ];
}

function mailFaults({ mailAt, mailMeanIntervalMs = SHORTEST_MEAN_MS }: Scenario): readonly string[] {
  const mean = isTime(mailMeanIntervalMs) && mailMeanIntervalMs >= SHORTEST_MEAN_MS;
  return [
    ...mailAt.flatMap((at, index) => faultOf(`mailAt[${index}]`, at, isTime(at), "ms from 0 on")),
    ...faultOf("mailMeanIntervalMs", mailMeanIntervalMs, mean, `${SHORTEST_MEAN_MS} ms or more`),
  ];
}

/** The shortest mean time between two messages, in ms: random instants are whole milliseconds. */
const SHORTEST_MEAN_MS = 1;

function faultOf(field: string, found: unknown, fits: boolean, expected: string): readonly string[] {
  return fits ? [] : [`${field}: found ${String(found)}, expected ${expected}`];
}

function isTime(ms: number): boolean {
  return Number.isFinite(ms) && ms >= 0;
}

function isWhole(count: number): boolean {
  return Number.isSafeInteger(count) && count >= 0;
}
