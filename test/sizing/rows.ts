import type { SizeRow } from "../../src/sizing/size-result.ts";

/** A row of a sound path at this time-out, with what is said of it. */
export function rowAt(idleTimeoutSeconds: number, over: Partial<SizeRow> = {}): SizeRow {
  return {
    idleTimeoutSeconds,
    settledIntervalSeconds: 720,
    settledIntervalSpread: { p5: 720, p95: 720, longest: 720 },
    neverSettledShare: 0,
    neverSettledModels: [],
    failedPingsPerDeviceInSearch: 2,
    failedPingsPerDevicePerDay: 0.5,
    requestsPerDevicePerDay: 180,
    bytesPerDevicePerDay: 110_000,
    bytesRange: { low: 90_000, high: 150_000 },
    joulesPerDevicePerDay: 1500,
    joulesRange: { low: 1500, high: 1700 },
    lateMailShare: 0.002,
    notificationDelaySeconds: { p50: 60, p95: 60, p99: 60 },
    alert: false,
    alertMeanSeconds: 720,
    peakParkedRequests: 500,
    peakFlowTableEntries: 500,
    repeats: [],
    ...over,
  };
}
