import { minutes } from "../core/duration-words.ts";
import { type Figure, FIGURES, gainOf, largestGain } from "./gains.ts";
import { NETPICULET_SOURCE, NETPICULET_UNVERIFIED } from "./carriers.ts";
import { holdsUp, limitsOf } from "./size-bound.ts";
import type { SizeBound, SizeRow, SizeSettings } from "./size-result.ts";
import { absentFrom } from "./slices.ts";

/** What a time-out gives, in a sentence. */
export function whatItGives({ devices }: SizeSettings, row: SizeRow): string {
  const { failedPingsPerDevicePerDay: failed, requestsPerDevicePerDay: requests } = row;
  const settled =
    row.settledIntervalSeconds === null
      ? "no device settles"
      : `devices settle on ${minutes(row.settledIntervalSeconds)} (median)`;
  return `With ${minutes(row.idleTimeoutSeconds)} ${settled}${neverWords(row, devices)}; a device makes ${number(requests)} requests a day, ${number(failed)} of its Pings fail${lateWords(row)}.`;
}

/** How much mail waits because a request is dead, and how long. */
function lateWords({ lateMailShare: share, notificationDelaySeconds: delay }: SizeRow): string {
  if (share === null || delay === null) return "";
  if (share === 0) return ", and no mail is late";
  return `, and ${percent(share)} of the mail is late, half of that by ${minutes(delay.p50)} or more`;
}

/** What the search costs, once, in a sentence; none where it costs next to nothing. */
export function searchWords({ failedPingsPerDeviceInSearch: failed, neverSettledShare }: SizeRow): readonly string[] {
  const whom = neverSettledShare === 0 ? "a device" : "a device that settles";
  return failed < 0.1 ? [] : [`Its search costs ${whom} ${number(failed)} failed Pings, once.`];
}

/** That nothing shorter was tried, in a sentence. */
export function shortestWords({ idleTimeoutSeconds }: SizeRow): string {
  return `${minutes(idleTimeoutSeconds)} is the shortest time-out that was tried: a shorter one may do as well.`;
}

/** How many go on searching for ever, where some settle and some do not; and who, where there are several models. */
function neverWords(row: SizeRow, devices: SizeSettings["devices"]): string {
  const { settledIntervalSeconds, neverSettledShare: share, neverSettledModels } = row;
  if (settledIntervalSeconds === null || share === 0) return "";
  const models = neverSettledModels.map((each) => `${each.model} ${percent(each.share)}`);
  const isMixed = new Set(devices.map(({ model }) => model)).size > 1;
  return `, ${percent(share)} of them never settle${isMixed ? ` (${models.join(", ")})` : ""}`;
}

/** What it costs, and what the sources allow, in a sentence. */
export function rangeWords(row: SizeRow): string {
  const { bytesPerDevicePerDay, bytesRange, joulesPerDevicePerDay, joulesRange } = row;
  const kilobytes = (bytes: number): string => number(bytes / 1000);
  const [bytes, joules] = [kilobytes(bytesPerDevicePerDay), number(joulesPerDevicePerDay)];
  return (
    `With ${minutes(row.idleTimeoutSeconds)} a device costs ${bytes} KB and ${joules} J a day; sources disagree on what an exchange costs and allow ` +
    `${kilobytes(bytesRange.low)} to ${kilobytes(bytesRange.high)} KB and ${number(joulesRange.low)} to ${number(joulesRange.high)} J.`
  );
}

/** Who ends the gain of a longer time-out, in a sentence; none where nothing is known to. */
export function boundWords(
  settings: SizeSettings,
  row: SizeRow,
  { boundBy, next }: { readonly boundBy: SizeBound; readonly next?: number | undefined },
): readonly string[] {
  const limits = limitsOf(settings).filter(
    (limit) => limit.by === boundBy && holdsUp(limit, row.idleTimeoutSeconds, next),
  );
  const share = percent(limits.reduce((sum, limit) => sum + limit.share, 0));
  const [least, most] = [
    Math.min(...limits.map((each) => each.seconds)),
    Math.max(...limits.map((each) => each.seconds)),
  ];
  const range = least === most ? minutes(least) : `${minutes(least)} to ${minutes(most)}`;
  switch (boundBy) {
    case "carrier":
      return [
        `Of the devices ${share} are behind a carrier that forgets after ${range}: a longer time-out on the firewall changes nothing for them.`,
      ];
    case "device-maximum":
      return [`Of the devices ${share} never ask for more than ${range}, their own maximum.`];
    case "server-maximum":
      return [`The server takes no interval above ${range}, which is what ${share} of the devices would reach.`];
    case "grid":
      return [
        `${minutes(row.idleTimeoutSeconds)} is the longest time-out that was tried, and devices would ask for more: try longer ones.`,
      ];
    case "nothing":
      return [];
  }
}

/** How little longer time-outs gain, in a sentence. */
export function beyondWords(row: SizeRow, longer: readonly SizeRow[], least: number): string {
  const best = longer
    .map((to) => ({ to, ...largestGain(row, to) }))
    .reduce((most, each) => (each.gain > most.gain ? each : most));
  const upTo = minutes(Math.max(...longer.map((each) => each.idleTimeoutSeconds)));
  if (best.gain <= 0) return `Longer time-outs, up to ${upTo}, improve nothing that matters.`;
  return (
    `Longer time-outs, up to ${upTo}, improve nothing by more than ${percent(least)}: at most ${best.figure.name} ` +
    `by ${percent(best.gain)}, with ${minutes(best.to.idleTimeoutSeconds)}.`
  );
}

/** What the next shorter time-out would cost, in a sentence; none where there is no shorter one. */
export function belowWords(shorter: SizeRow | undefined, row: SizeRow): readonly string[] {
  if (shorter === undefined) return [];
  const { figure, gain } = largestGain(shorter, row);
  if (gain <= 0) return [];
  return [
    `One step shorter, ${minutes(shorter.idleTimeoutSeconds)}: ${figure.name} of ${valueIn(shorter, figure)} ` +
      `${figure.unit}, in place of ${valueIn(row, figure)}${figure.unit === "%" ? " %" : ""}.`,
  ];
}

/** What the run leaves out, or takes for granted, of those it was asked about, a sentence each. */
export function caveatWords(settings: SizeSettings): readonly string[] {
  const absent = absentFrom(settings);
  const measured = settings.carriers.some(({ source }) => source === NETPICULET_SOURCE);
  return [
    ...(absent.length === 0
      ? []
      : [`None of ${settings.deviceCount} devices comes to: ${absent.join(", ")}. More devices show them.`]),
    ...(measured ? NETPICULET_UNVERIFIED : []),
  ];
}

/** What it asks of server and firewall, in a sentence. */
export function costWords(row: SizeRow): string {
  const { peakParkedRequests, peakFlowTableEntries, alert, alertMeanSeconds } = row;
  const mean =
    alertMeanSeconds === null ? "" : ` (the mean of the intervals asked is ${Math.round(alertMeanSeconds)} s)`;
  return (
    `With ${minutes(row.idleTimeoutSeconds)} the server holds up to ${number(peakParkedRequests)} requests and the firewall up to ${number(peakFlowTableEntries)} ` +
    `flows at once; Exchange's alert on short heartbeats (540 s) ${alert ? "would stand" : "stays quiet"}${mean}.`
  );
}

/** How far today's time-out is from the best, figure by figure. */
export function todayWords(today: SizeRow | undefined, best: SizeRow): readonly string[] {
  if (today === undefined) return ["It is not among the time-outs that were tried."];
  if (today.idleTimeoutSeconds === best.idleTimeoutSeconds) return ["It is what is recommended."];
  const words = FIGURES.flatMap((figure) => {
    const gain = gainOf(figure, today, best);
    if (gain === 0) return [];
    const [from, to] = [valueIn(today, figure), valueIn(best, figure)];
    return [`${figure.name}, ${figure.unit}: ${from} today, ${to} with ${minutes(best.idleTimeoutSeconds)}.`];
  });
  const all = [...words, ...alertWords(today, best)];
  return all.length > 0 ? all : ["Nothing that matters would change."];
}

function alertWords(today: SizeRow, best: SizeRow): readonly string[] {
  if (today.alert === best.alert) return [];
  const [stands, quiet] = ["stands", "is quiet"];
  return [
    `Exchange's alert on short heartbeats (540 s): ${today.alert ? stands : quiet} today, ` +
      `${best.alert ? stands : quiet} with ${minutes(best.idleTimeoutSeconds)}.`,
  ];
}

/** A figure that a row has: one that gains is there. */
function valueIn(row: SizeRow, figure: Figure): string {
  return number(Number(figure.of(row)));
}

function percent(share: number): string {
  return `${number(100 * share)} %`;
}

/** Three figures of it, in plain digits. */
function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}
