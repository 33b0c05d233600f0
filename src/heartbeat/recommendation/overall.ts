import { type AlertView, alertText } from "../alert.ts";
import { HEARTBEATS_NEEDED } from "./finding.ts";
import { sampleWords } from "./reasons.ts";
import { sampleOf, sum } from "./sample.ts";
import { HOP_ACTIONS, type HopAdvice, type Known, type NetworkRecommendation, type Recommendation } from "./types.ts";
import { notEnoughWords } from "./words.ts";

/**
 * The one over all: that of the bound which most devices have, with the advice on every hop, of several on one hop the one
 * that changes most; where nothing can be said of any network, that of the network of which most is known.
 */
export function overall(networks: readonly NetworkRecommendation[], { negotiations, alerts }: Known): Recommendation {
  const sample = sampleOf(negotiations);
  const groups = groupsOf(networks);
  const [alike, ...others] = groups;
  if (alike === undefined) return { ...NOTHING_SEEN, reasons: alertReasons(alerts, undefined), sample };
  const { network: _, listener: __, ...said } = alike[0];
  const isAlone = networks.length === 1;
  const figures = isAlone
    ? said.reasons
    : [...sampleWords(sample), ...others.map((group) => groupWords(group, networks))];
  return {
    ...said,
    text: isAlone ? said.text : groupWords(alike, networks),
    reasons: [...figures, ...alertReasons(alerts, said.boundBy)],
    wontHelp: [...new Set(alike.flatMap(({ wontHelp }) => wontHelp))],
    hops: mergedAdvice(networks),
    sample,
  };
}

const NOT_ENOUGH = { of: "heartbeats", seen: 0, needed: HEARTBEATS_NEEDED } as const;

/** Nobody has come. */
const NOTHING_SEEN = {
  boundBy: undefined,
  hop: undefined,
  aboveSeconds: undefined,
  atMostSeconds: undefined,
  confidence: undefined,
  notEnough: NOT_ENOUGH,
  text: notEnoughWords(NOT_ENOUGH),
  wontHelp: [],
  hops: [],
  gain: undefined,
} as const;

type Group = readonly [NetworkRecommendation, ...NetworkRecommendation[]];

/** Those that have one bound, most devices first, in groups: those without a bound last, else that of most devices first. */
function groupsOf(networks: readonly NetworkRecommendation[]): readonly Group[] {
  const groups = new Map<string, [NetworkRecommendation, ...NetworkRecommendation[]]>();
  for (const each of networks.toSorted((left, right) => weightOf(right) - weightOf(left))) {
    const { boundBy = "", hop, listener } = each;
    const key = hop === undefined ? boundBy : `${boundBy} ${listener}/${hop}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].toSorted((left, right) => groupWeight(right) - groupWeight(left));
}

/** Devices, or how much of what is needed has been seen. */
function weightOf({ notEnough, sample }: NetworkRecommendation): number {
  return notEnough === undefined ? sample.devices : notEnough.seen / notEnough.needed;
}

function groupWeight(group: Group): number {
  return group[0].boundBy === undefined ? 0 : devicesOf(group);
}

function devicesOf(networks: readonly NetworkRecommendation[]): number {
  return sum(networks.map(({ sample }) => sample.devices));
}

/** How many have that bound, and what it is of the first. */
function groupWords(group: Group, all: readonly NetworkRecommendation[]): string {
  const what = new Set(all.map(({ listener }) => listener)).size > 1 ? "networks and listeners" : "networks";
  return `${group.length} of ${all.length} ${what}, ${devicesOf(group)} of ${devicesOf(all)} devices: ${group[0].text}`;
}

function alertReasons(alerts: readonly AlertView[], boundBy: Recommendation["boundBy"]): readonly string[] {
  const sound =
    boundBy === "devices" ? "; here it is the devices that never ask for more, and no firewall's doing" : "";
  return alerts
    .filter(({ raised }) => raised)
    .map((alert) => `Exchange would log event 1040: ${alertText(alert)}${sound}`);
}

/** One advice for each hop, in the order of the paths. */
function mergedAdvice(networks: readonly NetworkRecommendation[]): readonly HopAdvice[] {
  const merged = new Map<string, HopAdvice>();
  for (const advice of networks.flatMap(({ hops }) => hops)) {
    const key = `${advice.listener}/${advice.hop}`;
    const known = merged.get(key);
    if (known === undefined || outweighs(advice, known)) merged.set(key, advice);
  }
  return [...merged.values()];
}

function outweighs(advice: HopAdvice, known: HopAdvice): boolean {
  const [rank, knownRank] = [HOP_ACTIONS.indexOf(advice.action), HOP_ACTIONS.indexOf(known.action)];
  return rank < knownRank || (rank === knownRank && advice.recommendedSeconds > known.recommendedSeconds);
}
