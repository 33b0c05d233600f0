import type { SizeRow } from "../sizing/size-result.ts";
import { minutes } from "./ladder.ts";
import { bytesWords, delayWords, figure, shareWords } from "./numbers.ts";

/** What a cell of CSV holds; `null` and `undefined` leave it empty. */
export type Cell = string | number | boolean | null | undefined;

/** One column of the table of time-outs, as people read it. */
export interface SizeColumn {
  readonly title: string;
  /** Units that the cells don't name themselves. */
  readonly unit: string;
  readonly show: (row: SizeRow) => string;
  /** How far the value spreads, empty where it does not. */
  readonly spread?: (row: SizeRow) => string;
}

/** What stands where nothing can be said. */
const NOTHING = "–";

/** Every column of the table, in order. */
export const SIZE_COLUMNS: readonly SizeColumn[] = [
  { title: "Idle time-out", unit: "", show: (row) => minutes(row.idleTimeoutSeconds) },
  {
    title: "Interval settled on",
    unit: "median, 5 to 95 %",
    show: (row) => durationOr(row.settledIntervalSeconds),
    spread: ({ settledIntervalSpread: of }) => (of === null ? "" : ends({ low: of.p5, high: of.p95 }, minutes)),
  },
  { title: "Never settled", unit: "of the devices", show: (row) => shareWords(row.neverSettledShare) },
  {
    title: "Failed Pings",
    unit: "per device and day",
    show: (row) => figure(row.failedPingsPerDevicePerDay),
    spread: (row) => halfWidth(row.confidence?.failedPingsPerDevicePerDay),
  },
  {
    title: "Requests",
    unit: "per device and day",
    show: (row) => figure(row.requestsPerDevicePerDay),
    spread: (row) => halfWidth(row.confidence?.requestsPerDevicePerDay),
  },
  {
    title: "Bytes",
    unit: "per device and day, low to high",
    show: (row) => bytesWords(row.bytesPerDevicePerDay),
    spread: (row) => ends(row.bytesRange, bytesWords),
  },
  {
    title: "Energy",
    unit: "J per device and day, low to high",
    show: (row) => figure(row.joulesPerDevicePerDay),
    spread: (row) => ends(row.joulesRange, figure),
  },
  {
    title: "Late mail",
    unit: "of all mail; its delay: median / 95 % / 99 %",
    show: ({ lateMailShare: late }) => (late === null ? NOTHING : shareWords(late)),
    spread: ({ notificationDelaySeconds: delay }) =>
      delay === null ? "" : [delay.p50, delay.p95, delay.p99].map(delayWords).join(" / "),
  },
  {
    title: "Exchange's alert",
    unit: "mean interval",
    show: (row) => (row.alert ? "raised" : "no"),
    spread: ({ alertMeanSeconds: mean }) => (mean === null ? "" : `${figure(mean)} s`),
  },
  { title: "Parked requests", unit: "peak, server", show: (row) => figure(row.peakParkedRequests) },
  { title: "Flow-table entries", unit: "peak, firewall", show: (row) => figure(row.peakFlowTableEntries) },
];

/** Every field of a row by its name in CSV, units in the names as in JSON. */
export const SIZE_FIELDS: Readonly<Record<string, (row: SizeRow) => Cell>> = {
  idleTimeoutSeconds: (row) => row.idleTimeoutSeconds,
  settledIntervalSeconds: (row) => row.settledIntervalSeconds,
  settledIntervalP5Seconds: (row) => row.settledIntervalSpread?.p5,
  settledIntervalP95Seconds: (row) => row.settledIntervalSpread?.p95,
  settledIntervalLongestSeconds: (row) => row.settledIntervalSpread?.longest,
  neverSettledShare: (row) => row.neverSettledShare,
  failedPingsPerDeviceInSearch: (row) => row.failedPingsPerDeviceInSearch,
  failedPingsPerDevicePerDay: (row) => row.failedPingsPerDevicePerDay,
  failedPingsPerDevicePerDayConfidence: (row) => row.confidence?.failedPingsPerDevicePerDay,
  requestsPerDevicePerDay: (row) => row.requestsPerDevicePerDay,
  requestsPerDevicePerDayConfidence: (row) => row.confidence?.requestsPerDevicePerDay,
  bytesPerDevicePerDay: (row) => row.bytesPerDevicePerDay,
  bytesPerDevicePerDayLow: (row) => row.bytesRange.low,
  bytesPerDevicePerDayHigh: (row) => row.bytesRange.high,
  bytesPerDevicePerDayConfidence: (row) => row.confidence?.bytesPerDevicePerDay,
  joulesPerDevicePerDay: (row) => row.joulesPerDevicePerDay,
  joulesPerDevicePerDayLow: (row) => row.joulesRange.low,
  joulesPerDevicePerDayHigh: (row) => row.joulesRange.high,
  joulesPerDevicePerDayConfidence: (row) => row.confidence?.joulesPerDevicePerDay,
  lateMailShare: (row) => row.lateMailShare,
  notificationDelayP50Seconds: (row) => row.notificationDelaySeconds?.p50,
  notificationDelayP95Seconds: (row) => row.notificationDelaySeconds?.p95,
  notificationDelayP99Seconds: (row) => row.notificationDelaySeconds?.p99,
  alert: (row) => row.alert,
  alertMeanSeconds: (row) => row.alertMeanSeconds,
  peakParkedRequests: (row) => row.peakParkedRequests,
  peakFlowTableEntries: (row) => row.peakFlowTableEntries,
};

function durationOr(durationSeconds: number | null): string {
  return durationSeconds === null ? NOTHING : minutes(durationSeconds);
}

/** Half the width of a confidence interval over the repeats. */
function halfWidth(value = 0): string {
  return value === 0 ? "" : `± ${figure(value)}`;
}

function ends(
  { low, high }: { readonly low: number; readonly high: number },
  words: (value: number) => string,
): string {
  return low === high ? "" : `${words(low)} to ${words(high)}`;
}
