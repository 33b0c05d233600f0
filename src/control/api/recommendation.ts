import type { NetworkRecommendation, Recommendation } from "../../heartbeat/recommendation/types.ts";
import { json, operation, type Operation } from "./operation.ts";
import { pageOf } from "./page.ts";
import { recommendationsSchema } from "./recommendation-schemas.ts";
import { recommendationQuery } from "./schemas.ts";

/** What can be asked of which time-out to set. */
export const RECOMMENDATION_OPERATIONS: readonly Operation[] = [
  operation({
    method: "get",
    path: "/recommendation",
    name: "getRecommendation",
    tag: "bounds",
    summary: "Which time-out to set, from what is seen: over all, and for each network and listener",
    query: recommendationQuery,
    answers: { 200: { means: "The one over all, and a page of networks", schema: recommendationsSchema } },
    answer: ({ api, query: { limit, cursor } }) => {
      const { overall, networks } = api.subject.emulator.recommendation();
      const all = networks.toSorted((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
      const from = cursor === undefined ? all : all.filter((each) => placeOf(each) > cursor);
      const { entries, next } = pageOf(from, limit);
      return json(recommendationsSchema, {
        overall: shown(overall),
        networks: entries.map(shown),
        next: next && placeOf(next),
      });
    },
  }),
];

function placeOf({ network, listener }: NetworkRecommendation): string {
  return `${network} ${listener}`;
}

/** Shares to four places: what is finer is not known. */
function shown<Shown extends Recommendation>(recommendation: Shown) {
  const { confidence, gain, reasons, wontHelp, hops } = recommendation;
  return {
    ...recommendation,
    confidence: confidence === undefined ? undefined : rounded(confidence),
    gain: gain && { ...gain, failedShare: rounded(gain.failedShare) },
    reasons: [...reasons],
    wontHelp: [...wontHelp],
    hops: [...hops],
  };
}

function rounded(share: number): number {
  return Math.round(share * 10_000) / 10_000;
}
