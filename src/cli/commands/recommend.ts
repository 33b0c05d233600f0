import type {
  HopAdviceResource,
  NetworkRecommendationResource,
  RecommendationResource,
} from "../../control/api/types.ts";
import { minutes } from "../../report/ladder.ts";
import { percent } from "../bounds-words.ts";
import { defineCommand } from "../command.ts";
import { EXIT } from "../exit-codes.ts";
import { clientFrom, SERVER_OPTIONS } from "../server.ts";
import { table } from "../table.ts";

const HOP_HEADER = ["LISTENER", "HOP", "KIND", "TODAY", "DO", "TO", "WHY", "SOURCE"];

const NETWORK_HEADER = ["NETWORK", "LISTENER", "BOUND BY", "HOLDS", "FAILS", "SURE", "DEVICES", "HEARTBEATS", "FAILED"];

/** `idlewall recommend`: which time-out to set, from what a running server has seen. */
export const recommend = defineCommand({
  command: "recommend",
  describe: "Say which time-out to set, and what would not help, from what a running server has seen",
  options: SERVER_OPTIONS,
  run: async (args, output) => {
    const found = await clientFrom(args).getRecommendation();
    if (args.json === true) output.json(found);
    else output.result(wordsOf(found.overall, found.networks));
    return EXIT.done;
  },
});

/** A recommendation for people: finding, reasons, what won't help, and what to set. */
function wordsOf(overall: RecommendationResource, networks: readonly NetworkRecommendationResource[]): string {
  return [
    overall.text,
    ...listed("Why:", [...overall.reasons, ...sureness(overall)]),
    ...listed("What would not help:", overall.wontHelp),
    ...(overall.hops.length === 0 ? [] : ["", table(HOP_HEADER, overall.hops.map(hopRow))]),
    ...(networks.length === 0 ? [] : ["", table(NETWORK_HEADER, networks.map(networkRow))]),
  ].join("\n");
}

function listed(heading: string, sentences: readonly string[]): readonly string[] {
  return sentences.length === 0 ? [] : ["", heading, ...sentences.map((sentence) => `- ${sentence}`)];
}

function sureness({ confidence }: RecommendationResource): readonly string[] {
  return confidence === undefined ? [] : [`how sure this is: ${percent(confidence)}`];
}

function hopRow(advice: HopAdviceResource): readonly string[] {
  const { listener, hop, kind, idleTimeoutSeconds, recommendedSeconds, action, reason, source } = advice;
  const to = action === "keep" ? "" : minutes(recommendedSeconds);
  return [listener, hop, kind, minutes(idleTimeoutSeconds), action, to, reason, source];
}

function networkRow({ network, listener, sample, ...found }: NetworkRecommendationResource): readonly string[] {
  const { boundBy = "not enough seen", hop, aboveSeconds, atMostSeconds, confidence } = found;
  return [
    network,
    listener,
    hop ?? boundBy,
    aboveSeconds === undefined ? "" : minutes(aboveSeconds),
    atMostSeconds === undefined ? "" : minutes(atMostSeconds),
    confidence === undefined ? "" : percent(confidence),
    `${sample.devices}`,
    `${sample.heartbeats}`,
    `${sample.failed}`,
  ];
}
