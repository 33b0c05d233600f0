import type { CostConstant, SizeResult, SizeRow } from "../../src/sizing/size-result.ts";

/** A result of `size` that is made by hand: 13-minute carrier, Windows Mobile, rows from 5 min on in steps of a minute. */
export function sizeResult(rowCount = 12, rows: (row: SizeRow, index: number) => SizeRow = (row) => row): SizeResult {
  const made = Array.from({ length: rowCount }, (_, index) => rows(sizeRow(300 + 60 * index), index));
  return {
    settings: {
      carriers: [
        { name: "carrier", idleTimeoutSeconds: 780, atExpiry: "drop", share: 0.75, source: "given: --carrier 13m" },
        { name: "office", idleTimeoutSeconds: null, atExpiry: "drop", share: 0.25, source: "given" },
      ],
      firewall: {
        idleTimeoutSeconds: made.map(({ idleTimeoutSeconds }) => idleTimeoutSeconds),
        atExpiry: "drop",
        todaySeconds: 300,
      },
      server: { minimumHeartbeatSeconds: 60, maximumHeartbeatSeconds: 3540 },
      devices: [
        {
          model: "windows-mobile",
          share: 1,
          initialSeconds: 900,
          minimumSeconds: 480,
          maximumSeconds: 3540,
          incrementSeconds: 240,
        },
      ],
      deviceCount: 500,
      days: 7,
      mail: { perDay: 40, hours: Array.from({ length: 24 }, () => 1 / 24) },
      seed: 1,
      repeats: 3,
      gain: 0.05,
      cost: {
        heartbeat: constant(600, 368, 939, "B", "TechNet cc182263"),
        command: constant(2000, 1500, 4000, "B", "counted"),
        fullHandshake: constant(6500, 1270, 6500, "B", "netsekure.org 2010/03"),
        resumedHandshake: constant(330, 330, 330, "B", "netsekure.org 2010/03"),
        resumedShare: constant(0.5, 0, 1, "", "assumed"),
        wakeUp: constant(10.9, 6.8, 10.9, "J", "ARO lte.conf, inspire.conf"),
        tail: constant(10, 10, 16, "s", "ARO lte.conf"),
      },
      logs: [],
    },
    rows: made,
    recommendation: {
      idleTimeoutSeconds: 840,
      advisedSeconds: 840,
      boundBy: "carrier",
      reasons: [
        "Behind a carrier of 13 min no device holds more than 12 min, whatever the firewall allows.",
        "From 5 min to 14 min failed Pings fall from 96 to 0.4 a device and day.",
      ],
      today: { idleTimeoutSeconds: 300, suffices: false, reasons: ["Today's 5 min lets every Ping of 8 min die."] },
      order: [
        { hop: "carrier", idleTimeoutSeconds: 780, reason: "measured, not ours to set" },
        { hop: "firewall", idleTimeoutSeconds: 840, reason: "longer than any interval that devices settle on" },
      ],
      commands: [
        { product: "fortigate", lines: ["config system session-ttl", "    set timeout 840 # <&>", "end"] },
        { product: "asa", lines: ["timeout conn 0:14:00"] },
      ],
    },
  };
}

/** One row as it could be: failures fall until 12 min are held, and nothing changes from there on. */
export function sizeRow(idleTimeoutSeconds: number): SizeRow {
  const holds = Math.min(idleTimeoutSeconds, 780);
  const settled = idleTimeoutSeconds < 480 ? null : 480 + Math.floor((holds - 481) / 240) * 240;
  const failed = settled === null ? 96 : 0.4 + (780 - holds) / 60;
  const requests = 86_400 / (settled ?? 480) + 40 + failed;
  return {
    idleTimeoutSeconds,
    settledIntervalSeconds: settled,
    settledIntervalSpread: settled === null ? null : { p5: settled * 0.8, p95: settled * 1.1, longest: settled * 1.1 },
    neverSettledShare: settled === null ? 1 : 0.02,
    neverSettledModels: [{ model: "windows-mobile", share: settled === null ? 1 : 0.02 }],
    failedPingsPerDeviceInSearch: 2,
    failedPingsPerDevicePerDay: failed,
    requestsPerDevicePerDay: requests,
    bytesPerDevicePerDay: requests * 900,
    bytesRange: { low: requests * 500, high: requests * 1500 },
    joulesPerDevicePerDay: requests * 10.9,
    joulesRange: { low: requests * 6.8, high: requests * 10.9 },
    lateMailShare: failed / 1000,
    notificationDelaySeconds: { p50: 0.4, p95: 2 + failed * 6, p99: 5 + failed * 9 },
    alert: (settled ?? 480) <= 540,
    alertMeanSeconds: settled ?? 480,
    peakParkedRequests: 500,
    peakFlowTableEntries: 500 + idleTimeoutSeconds / 10,
    repeats: [],
    confidence: {
      failedPingsPerDevicePerDay: failed / 20,
      requestsPerDevicePerDay: requests / 50,
      bytesPerDevicePerDay: requests * 18,
      joulesPerDevicePerDay: requests / 5,
      lateMailShare: 0,
    },
  };
}

/** A row of a run with a single repeat. */
export function withoutConfidence(row: SizeRow): SizeRow {
  const { confidence, ...rest } = row;
  return confidence === undefined ? row : rest;
}

function constant(value: number, low: number, high: number, unit: string, source: string): CostConstant {
  return { value, low, high, unit, source };
}
