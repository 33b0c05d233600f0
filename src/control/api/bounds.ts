import { ALERT_THRESHOLD_SECONDS, alertText, type AlertView } from "../../heartbeat/alert.ts";
import type { NetworkView } from "../../heartbeat/networks.ts";
import { alertsSchema, networksSchema } from "./bounds-schemas.ts";
import { json, operation, type Operation } from "./operation.ts";
import { pageOf } from "./page.ts";
import { boundsQuery } from "./schemas.ts";

/** What can be asked of the path in front of us, and of Exchange's alert. */
export const BOUNDS_OPERATIONS: readonly Operation[] = [
  operation({
    method: "get",
    path: "/bounds",
    name: "listBounds",
    tag: "bounds",
    summary: "The time-out of the real path in front of each network, as far as is known",
    query: boundsQuery,
    answers: { 200: { means: "A page of networks", schema: networksSchema } },
    answer: ({ api, query: { limit, cursor } }) => {
      const all = api.subject.emulator.bounds().toSorted((left, right) => (left.network < right.network ? -1 : 1));
      const from = cursor === undefined ? all : all.filter(({ network }) => network > cursor);
      const { entries, next } = pageOf(from, limit);
      return json(networksSchema, { networks: entries.map(shown), next: next?.network });
    },
  }),
  operation({
    method: "get",
    path: "/alerts",
    name: "listAlerts",
    tag: "bounds",
    summary: "Exchange's alert of short intervals, for each command",
    answers: { 200: { means: "The alerts", schema: alertsSchema } },
    answer: ({ api }) => json(alertsSchema, { alerts: api.subject.emulator.alerts().map(shownAlert) }),
  }),
];

/** A share of one, to four places: what is finer is not known. */
export function shown<Shown extends Pick<NetworkView, "confidence">>(bracket: Shown): Shown {
  return { ...bracket, confidence: Math.round(bracket.confidence * 10_000) / 10_000 };
}

function shownAlert(alert: AlertView) {
  return { ...alert, thresholdSeconds: ALERT_THRESHOLD_SECONDS, ...(alert.raised && { text: alertText(alert) }) };
}
