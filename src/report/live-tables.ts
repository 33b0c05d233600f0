import { countOf, endedByInterval, failedOf } from "./live-failures.ts";
import type { LiveState } from "./live-state.ts";
import type { Cell } from "./size-columns.ts";

/** A table for machines: names of fields with their units, and rows. */
export interface FieldTable {
  readonly fields: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What can be had of a running idlewall as a table of its own. */
export const LIVE_TABLES = {
  requests: requestsTable,
  hops: ({ recommendation: { hops } }: LiveState) =>
    tableOf(hops, {
      listener: ({ listener }) => listener,
      hop: ({ hop }) => hop,
      idleTimeoutSeconds: ({ idleTimeoutSeconds }) => idleTimeoutSeconds,
      recommendedSeconds: ({ recommendedSeconds }) => recommendedSeconds,
      action: ({ action }) => action,
      reason: ({ reason }) => reason,
      source: ({ source }) => source,
    }),
  networks: ({ networks }: LiveState) =>
    tableOf(networks, {
      network: ({ network }) => network,
      listener: ({ listener }) => listener,
      boundBy: ({ boundBy }) => boundBy,
      confidence: ({ confidence }) => confidence,
      devices: ({ devices }) => devices,
      heartbeats: ({ heartbeats }) => heartbeats,
      failed: ({ failed }) => failed,
      text: ({ text }) => text,
    }),
  bounds: ({ bounds }: LiveState) =>
    tableOf(bounds, {
      network: ({ network }) => network,
      state: ({ state }) => state,
      longestHeldSeconds: ({ longestHeldSeconds }) => longestHeldSeconds,
      heldSamples: ({ heldSamples }) => heldSamples,
      shortestFailedSeconds: ({ shortestFailedSeconds }) => shortestFailedSeconds,
      failedSamples: ({ failedSamples }) => failedSamples,
      confidence: ({ confidence }) => confidence,
      endedByHopsCount: ({ endedByHopsCount }) => endedByHopsCount,
    }),
  alerts: ({ alerts }: LiveState) =>
    tableOf(alerts, {
      command: ({ command }) => command,
      raised: ({ raised }) => raised,
      meanSeconds: ({ meanSeconds }) => meanSeconds,
      samples: ({ samples }) => samples,
      thresholdSeconds: ({ thresholdSeconds }) => thresholdSeconds,
    }),
  devices: devicesTable,
} as const;

/** One of those above. */
export type LiveTable = keyof typeof LIVE_TABLES;

function requestsTable({ ended }: LiveState): FieldTable {
  const { outcomes, intervals } = endedByInterval(ended);
  return {
    fields: ["heartbeatIntervalSeconds", "requests", "failed", ...outcomes],
    rows: intervals.map((each) => [
      each.intervalSeconds,
      countOf(each),
      failedOf(each),
      ...outcomes.map((outcome) => each.counts.get(outcome) ?? 0),
    ]),
  };
}

function devicesTable({ devices }: LiveState): FieldTable {
  const outcomes = [...new Set(devices.flatMap((device) => Object.keys(device.outcomes)))].sort();
  return tableOf(devices, {
    id: ({ id }) => id,
    deviceType: ({ deviceType }) => deviceType,
    command: ({ command }) => command,
    heartbeatIntervalSeconds: ({ heartbeatIntervalSeconds }) => heartbeatIntervalSeconds,
    longestHeldSeconds: ({ longestHeldSeconds }) => longestHeldSeconds,
    shortestFailedSeconds: ({ shortestFailedSeconds }) => shortestFailedSeconds,
    state: ({ state }) => state,
    ...Object.fromEntries(outcomes.map((outcome) => [outcome, (device) => device.outcomes[outcome] ?? 0])),
  });
}

function tableOf<Each>(of: readonly Each[], fields: Readonly<Record<string, (each: Each) => Cell>>): FieldTable {
  const columns = Object.values(fields);
  return { fields: Object.keys(fields), rows: of.map((each) => columns.map((column) => column(each))) };
}
