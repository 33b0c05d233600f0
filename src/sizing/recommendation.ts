import { minutes } from "../core/duration-words.ts";
import { largestGain } from "./gains.ts";
import { boundOf } from "./size-bound.ts";
import type { SizeRecommendation, SizeRow, SizeSettings } from "./size-result.ts";
import {
  belowWords,
  beyondWords,
  boundWords,
  caveatWords,
  costWords,
  rangeWords,
  searchWords,
  shortestWords,
  todayWords,
  whatItGives,
} from "./recommendation-words.ts";

/**
 * The time-out to set: the shortest beyond which nothing that matters improves by more than the share that was asked for
 * (`gain`), against any longer one; with the reasons, figure by figure.
 * @param rows one or more, the shortest time-out first
 * @throws RangeError there is no row
 */
export function recommend(settings: SizeSettings, rows: readonly SizeRow[]): Omit<SizeRecommendation, "commands"> {
  const index = rows.findIndex((row, at) => longerRows(rows, at).every((longer) => gain(row, longer) <= settings.gain));
  const row = rows[index];
  if (row === undefined) throw new RangeError("found no row to recommend, expected one or more");
  const boundBy = boundOf(settings, row, rows[index + 1]?.idleTimeoutSeconds);
  const longer = longerRows(rows, index);
  const today = todayOf(settings, rows, row);
  const advised = rows.find((each) => today?.suffices === true && each.idleTimeoutSeconds === today.idleTimeoutSeconds);
  return {
    idleTimeoutSeconds: row.idleTimeoutSeconds,
    advisedSeconds: (advised ?? row).idleTimeoutSeconds,
    boundBy,
    reasons: [
      whatItGives(settings, row),
      ...boundWords(settings, row, { boundBy, next: rows[index + 1]?.idleTimeoutSeconds }),
      ...(longer.length === 0 ? [] : [beyondWords(row, longer, settings.gain)]),
      ...(index === 0 && longer.length > 0 ? [shortestWords(row)] : belowWords(rows[index - 1], row)),
      ...searchWords(row),
      rangeWords(row),
      costWords(advised ?? row),
      ...caveatWords(settings),
    ],
    today,
    order: orderOf(settings, advised ?? row),
  };
}

function longerRows(rows: readonly SizeRow[], index: number): readonly SizeRow[] {
  return rows.slice(index + 1);
}

function gain(from: SizeRow, to: SizeRow): number {
  return largestGain(from, to).gain;
}

function todayOf(
  { firewall, gain: least }: SizeSettings,
  rows: readonly SizeRow[],
  best: SizeRow,
): SizeRecommendation["today"] {
  const { todaySeconds } = firewall;
  if (todaySeconds === null) return null;
  const row = rows.find(({ idleTimeoutSeconds }) => idleTimeoutSeconds === todaySeconds);
  const suffices =
    row !== undefined &&
    row.idleTimeoutSeconds >= best.idleTimeoutSeconds &&
    gain(row, best) <= least &&
    (best.alert || !row.alert);
  return { idleTimeoutSeconds: todaySeconds, suffices, reasons: todayWords(row, best) };
}

/**
 * Time-outs fall from outside to inside, so that who stands nearer to the server never forgets a flow that devices still
 * believe in: the longest heartbeat, then the server's own session a little above it.
 * Sources: TechNet cc182257 (the server session slightly longer than the longest heartbeat; the firewall at least the
 * operator's time-out), the Exchange team's checklist (a falling order from outside to inside).
 */
function orderOf({ carriers, firewall }: SizeSettings, row: SizeRow): SizeRecommendation["order"] {
  const known = carriers.flatMap(({ name, idleTimeoutSeconds }) =>
    idleTimeoutSeconds === null
      ? []
      : [{ hop: `carrier ${name}`, idleTimeoutSeconds, reason: carrierReason(idleTimeoutSeconds, row) }],
  );
  return [
    ...known.toSorted((left, right) => right.idleTimeoutSeconds - left.idleTimeoutSeconds),
    { hop: "firewall", idleTimeoutSeconds: row.idleTimeoutSeconds, reason: firewallReason(firewall, row) },
    { hop: "load balancer or reverse proxy behind it", ...innerOf(row) },
  ];
}

/** What stands behind the firewall: above what any device settles on, where the firewall leaves room for it. */
function innerOf({ idleTimeoutSeconds, settledIntervalSpread }: SizeRow) {
  if (settledIntervalSpread === null)
    return { idleTimeoutSeconds, reason: "as the firewall: no device settles on an interval that it could be above" };
  const { longest } = settledIntervalSpread;
  const settledOn = `${minutes(longest)}, the longest interval that a device settles on`;
  const inner = longest + MARGIN_SECONDS;
  if (inner < idleTimeoutSeconds) return { idleTimeoutSeconds: inner, reason: `a little above ${settledOn}` };
  return { idleTimeoutSeconds, reason: `as the firewall, which is hardly above ${settledOn}` };
}

/** A carrier that forgets first breaks the falling order, and no firewall can mend it. */
function carrierReason(seconds: number, { idleTimeoutSeconds }: SizeRow): string {
  return seconds < idleTimeoutSeconds ? "as it was given; no firewall can lengthen it" : "as it was given";
}

function firewallReason({ todaySeconds }: SizeSettings["firewall"], { idleTimeoutSeconds }: SizeRow): string {
  return idleTimeoutSeconds === todaySeconds ? "as it is today" : "what is recommended here";
}

/** How much longer than the longest heartbeat a session behind the firewall lasts: "slightly", chosen here. */
const MARGIN_SECONDS = 60;
