import { Alert } from "../heartbeat/alert.ts";
import { halfWidth, mean, percentile } from "./statistics.ts";
import type { SizeRates, SizeRow, SizeSettings } from "./size-result.ts";
import { countOf, type Counts, mergeTallies, type SliceTally, sumOfCounts } from "./tally.ts";
import { priced, type Price } from "./prices.ts";
import { searchDays } from "./workload.ts";

/**
 * What each time-out comes to, from the tallies of all its slices, in any order. Rates and delays are means and quantiles
 * over all repeats, without the first day, in which devices search: what that costs once is no rate. Peaks are the highest
 * of any repeat and day.
 */
export function rowsOf(settings: SizeSettings, tallies: readonly SliceTally[]): readonly SizeRow[] {
  const merged = mergeTallies(tallies);
  return settings.firewall.idleTimeoutSeconds.flatMap((idleTimeoutSeconds, point) => {
    const repeats = merged.filter((tally) => tally.point === point);
    return repeats.length === 0 ? [] : [rowOf(settings, idleTimeoutSeconds, repeats)];
  });
}

function rowOf(settings: SizeSettings, idleTimeoutSeconds: number, repeats: readonly SliceTally[]): SizeRow {
  const rates = repeats.map((tally) => ratesOf(settings, tally));
  const settled = sumOfCounts(repeats.map((tally) => tally.settled));
  const devices = repeats.reduce((sum, tally) => sum + tally.devices, 0);
  const of = (rate: (each: Rates) => number): number => mean(rates.map(rate));
  return {
    idleTimeoutSeconds,
    settledIntervalSeconds: percentile(settled, 0.5),
    settledIntervalSpread: spreadOf(settled),
    neverSettledShare: devices === 0 ? 0 : 1 - countOf(settled) / devices,
    neverSettledModels: neverSettledOf(settings, sumOfCounts(repeats.map((tally) => tally.unsettled)), devices),
    failedPingsPerDeviceInSearch:
      repeats.reduce((sum, tally) => sum + tally.searchFailed, 0) / Math.max(countOf(settled), 1),
    failedPingsPerDevicePerDay: of(({ failed }) => failed),
    requestsPerDevicePerDay: of(({ requests }) => requests),
    bytesPerDevicePerDay: of(({ price }) => price.bytes.value),
    bytesRange: { low: of(({ price }) => price.bytes.low), high: of(({ price }) => price.bytes.high) },
    joulesPerDevicePerDay: of(({ price }) => price.joules.value),
    joulesRange: { low: of(({ price }) => price.joules.low), high: of(({ price }) => price.joules.high) },
    ...delaysOf(sumOfCounts(repeats.map((tally) => tally.delays))),
    ...alertOf(repeats),
    peakParkedRequests: Math.max(...repeats.map((tally) => peakOf(tally.parkedChanges))),
    peakFlowTableEntries: Math.max(...repeats.map((tally) => peakOf(tally.entryChanges))),
    repeats: rates.map(sizeRatesOf),
    ...(rates.length < 2 ? {} : { confidence: confidenceOf(rates) }),
  };
}

/** Counts of a repeat, by device and day. */
interface Rates {
  readonly failed: number;
  readonly requests: number;
  readonly price: Price;
  /** As a share of the mail. */
  readonly lateMail: number;
}

function ratesOf({ days, cost }: SizeSettings, tally: SliceTally): Rates {
  const deviceDays = Math.max(tally.devices * (days - searchDays(days)), Number.MIN_VALUE);
  return {
    failed: tally.failed / deviceDays,
    requests: tally.requests / deviceDays,
    price: priced(cost, tally, deviceDays),
    lateMail: delaysOf(tally.delays).lateMailShare ?? 0,
  };
}

function sizeRatesOf({ failed, requests, price, lateMail }: Rates): SizeRates {
  return {
    failedPingsPerDevicePerDay: failed,
    requestsPerDevicePerDay: requests,
    bytesPerDevicePerDay: price.bytes.value,
    joulesPerDevicePerDay: price.joules.value,
    lateMailShare: lateMail,
  };
}

function confidenceOf(rates: readonly Rates[]): SizeRates {
  const half = (rate: keyof SizeRates): number => halfWidth(rates.map((each) => sizeRatesOf(each)[rate]));
  return {
    failedPingsPerDevicePerDay: half("failedPingsPerDevicePerDay"),
    requestsPerDevicePerDay: half("requestsPerDevicePerDay"),
    bytesPerDevicePerDay: half("bytesPerDevicePerDay"),
    joulesPerDevicePerDay: half("joulesPerDevicePerDay"),
    lateMailShare: half("lateMailShare"),
  };
}

function spreadOf(settled: Counts): SizeRow["settledIntervalSpread"] {
  const [p5, p95] = [percentile(settled, 0.05), percentile(settled, 0.95)];
  return p5 === null || p95 === null ? null : { p5, p95, longest: Math.max(...settled.keys()) };
}

/** Kinds of one model count as one. */
function neverSettledOf(settings: SizeSettings, unsettled: Counts, devices: number): SizeRow["neverSettledModels"] {
  const counts = new Map<string, number>();
  for (const [kind, { model }] of settings.devices.entries())
    counts.set(model, (counts.get(model) ?? 0) + (unsettled.get(kind) ?? 0));
  return [...counts]
    .filter(([, count]) => count > 0)
    .map(([model, count]) => ({ model, share: count / devices }))
    .toSorted((left, right) => right.share - left.share);
}

/** What became of mail; who hears of it within a second has it at once. */
function delaysOf(delays: Counts): Pick<SizeRow, "lateMailShare" | "notificationDelaySeconds"> {
  const all = countOf(delays);
  if (all === 0) return { lateMailShare: null, notificationDelaySeconds: null };
  const late = new Map([...delays].filter(([seconds]) => seconds > 0));
  const at = (share: number): number => percentile(late, share) ?? 0;
  return {
    lateMailShare: countOf(late) / all,
    notificationDelaySeconds: { p50: at(0.5), p95: at(0.95), p99: at(0.99) },
  };
}

/** The alert stands when it does for any command in most repeats; its mean is that of the command that asks less. */
function alertOf(repeats: readonly SliceTally[]): Pick<SizeRow, "alert" | "alertMeanSeconds"> {
  const views = repeats.map(({ asked }) =>
    (["Ping", "Sync"] as const).map((command) => {
      const alert = new Alert(command);
      for (const each of asked) if (each.command === command) alert.ask(each.heartbeatIntervalSeconds);
      return alert.view;
    }),
  );
  const raised = views.filter((commands) => commands.some((view) => view.raised)).length;
  const means = views.flatMap((commands) => {
    const seconds = commands.flatMap(({ meanSeconds }) => meanSeconds ?? []);
    return seconds.length === 0 ? [] : [Math.min(...seconds)];
  });
  return { alert: raised * 2 > views.length, alertMeanSeconds: means.length === 0 ? null : mean(means) };
}

function peakOf(changes: Int32Array): number {
  let [level, peak] = [0, 0];
  for (const change of changes) {
    level += change;
    peak = Math.max(peak, level);
  }
  return peak;
}
