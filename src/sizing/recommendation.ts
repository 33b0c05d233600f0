import { largestGain } from "./gains.ts";
import { boundOf } from "./size-bound.ts";
import type { SizeRecommendation, SizeRow, SizeSettings } from "./size-result.ts";
import { belowWords, beyondWords, boundWords, costWords, todayWords, whatItGives } from "./recommendation-words.ts";

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
  const boundBy = boundOf(settings, row, index === rows.length - 1);
  const longer = longerRows(rows, index);
  return {
    idleTimeoutSeconds: row.idleTimeoutSeconds,
    boundBy,
    reasons: [
      whatItGives(row),
      ...boundWords(settings, row, boundBy),
      ...(longer.length === 0 ? [] : [beyondWords(row, longer, settings.gain)]),
      ...belowWords(rows[index - 1], row),
      costWords(row),
    ],
    today: todayOf(settings, rows, row),
    order: orderOf(settings, row),
  };
}

function longerRows(rows: readonly SizeRow[], index: number): readonly SizeRow[] {
  return rows.slice(index + 1);
}

function gain(from: SizeRow, to: SizeRow): number {
  return largestGain(from, to).gain;
}

function todayOf({ firewall }: SizeSettings, rows: readonly SizeRow[], best: SizeRow): SizeRecommendation["today"] {
  const { todaySeconds } = firewall;
  if (todaySeconds === null) return null;
  const row = rows.find(({ idleTimeoutSeconds }) => idleTimeoutSeconds === todaySeconds);
  return { idleTimeoutSeconds: todaySeconds, reasons: todayWords(row, best) };
}

/**
 * Time-outs fall from outside to inside, so that who stands nearer to the server never forgets a flow that devices still
 * believe in: the longest heartbeat, then the server's own session a little above it.
 * Sources: TechNet cc182257 (the server session slightly longer than the longest heartbeat; the firewall at least the
 * operator's time-out), the Exchange team's checklist (a falling order from outside to inside).
 */
function orderOf({ carriers, server }: SizeSettings, row: SizeRow): SizeRecommendation["order"] {
  const known = carriers.flatMap(({ name, idleTimeoutSeconds }) =>
    idleTimeoutSeconds === null ? [] : [{ hop: `carrier ${name}`, idleTimeoutSeconds, reason: "as it was given" }],
  );
  const longest = Math.min(server.maximumHeartbeatSeconds, row.settledIntervalSpread?.p95 ?? Infinity);
  return [
    ...known.toSorted((left, right) => right.idleTimeoutSeconds - left.idleTimeoutSeconds),
    { hop: "firewall", idleTimeoutSeconds: row.idleTimeoutSeconds, reason: "what is recommended here" },
    {
      hop: "load balancer or reverse proxy behind it",
      idleTimeoutSeconds: Math.min(row.idleTimeoutSeconds, longest + MARGIN_SECONDS),
      reason: `above ${longest} s, the longest interval that devices settle on, and not above the firewall`,
    },
  ];
}

/** How much longer than the longest heartbeat a session behind the firewall lasts: "slightly", chosen here. */
const MARGIN_SECONDS = 60;
