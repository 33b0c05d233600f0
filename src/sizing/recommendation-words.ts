import { FIGURES, gainOf, largestGain } from "./gains.ts";
import { limitsOf } from "./size-bound.ts";
import type { SizeBound, SizeRow, SizeSettings } from "./size-result.ts";

/** What a time-out gives, in a sentence. */
export function whatItGives(row: SizeRow): string {
  const { failedPingsPerDevicePerDay: failed, requestsPerDevicePerDay: requests, notificationDelaySeconds } = row;
  const settled =
    row.settledIntervalSeconds === null
      ? "no device settles"
      : `devices settle on ${minutes(row.settledIntervalSeconds)} (median)`;
  const delay =
    notificationDelaySeconds === null
      ? ""
      : `, and 95 % of the mail is heard of within ${seconds(notificationDelaySeconds.p95)}`;
  return `With ${minutes(row.idleTimeoutSeconds)} ${settled}; a device makes ${number(requests)} requests a day, ${number(failed)} of its Pings fail${delay}.`;
}

/** Who ends the gain of a longer time-out, in a sentence; none where nothing is known to. */
export function boundWords(settings: SizeSettings, row: SizeRow, boundBy: SizeBound): readonly string[] {
  const limits = limitsOf(settings).filter((limit) => limit.by === boundBy && limit.seconds <= row.idleTimeoutSeconds);
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
  const upTo = minutes(longer.at(-1)?.idleTimeoutSeconds ?? row.idleTimeoutSeconds);
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
    `One step shorter, ${minutes(shorter.idleTimeoutSeconds)}: ${figure.name} of ${number(figure.of(shorter) ?? 0)} ` +
      `${figure.unit}, in place of ${number(figure.of(row) ?? 0)}.`,
  ];
}

/** What it asks of server and firewall, in a sentence. */
export function costWords({ peakParkedRequests, peakFlowTableEntries, alert, alertMeanSeconds }: SizeRow): string {
  const mean =
    alertMeanSeconds === null ? "" : ` (the mean of the intervals asked is ${Math.round(alertMeanSeconds)} s)`;
  return (
    `The server holds up to ${number(peakParkedRequests)} requests and the firewall up to ${number(peakFlowTableEntries)} ` +
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
    const [from, to] = [number(figure.of(today) ?? 0), number(figure.of(best) ?? 0)];
    return [`${figure.name}, ${figure.unit}: ${from} today, ${to} with ${minutes(best.idleTimeoutSeconds)}.`];
  });
  return words.length > 0 ? words : ["Nothing that matters would change."];
}

/** A length of time as people say it: whole minutes, or minutes and seconds. */
function minutes(length: number): string {
  const [whole, rest] = [Math.floor(length / 60), Math.round(length % 60)];
  if (whole === 0) return `${rest} s`;
  return rest === 0 ? `${whole} min` : `${whole} min ${rest} s`;
}

function seconds(length: number): string {
  return length < 1 ? "a second" : minutes(Math.ceil(length));
}

function percent(share: number): string {
  return `${number(100 * share)} %`;
}

/** Three figures of it, in plain digits. */
function number(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(3)));
}
