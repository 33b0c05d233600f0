/**
 * Which time-out to set, from what is seen live: what bounds the heartbeats of each network at each listener, what to do
 * about it, and what would not help; and the same over all. `docs/recommendation.md` says the rules for people.
 */
import { adviceFor } from "./advice.ts";
import { type Finding, findingOf } from "./finding.ts";
import { gainOf } from "./gain.ts";
import { overall } from "./overall.ts";
import { type Place, placesOf } from "./place.ts";
import { reasonsFor, whatWontHelp } from "./reasons.ts";
import type { Known, NetworkRecommendation, Recommendations } from "./types.ts";
import { textOf } from "./words.ts";

/** Recommends from what is known; the same knowledge gives the same recommendations. */
export function recommend(known: Known): Recommendations {
  const networks = placesOf(known).map(recommendHere);
  return { networks, overall: overall(networks, known) };
}

function recommendHere(place: Place): NetworkRecommendation {
  const { network, listener, sample } = place;
  const finding = findingOf(place);
  const hops = adviceFor(place, finding);
  const gain = gainOf(place, finding, hops);
  return {
    network,
    listener,
    ...boundOf(finding, place),
    notEnough: finding.by === "none" ? finding.notEnough : undefined,
    text: textOf(finding, sample, hops),
    reasons: reasonsFor(place, finding, gain),
    wontHelp: whatWontHelp(place, finding, hops),
    hops,
    sample,
    gain,
  };
}

type Bound = Pick<NetworkRecommendation, "boundBy" | "hop" | "aboveSeconds" | "atMostSeconds" | "confidence">;

/** Where the bound lies, and how sure that is: what a hop of ours does, and what the server says, is certain. */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive, and the compiler holds it to that
function boundOf(finding: Finding, { sample }: Place): Bound {
  const aboveSeconds = sample.longestHeldSeconds;
  switch (finding.by) {
    case "hop": {
      const atMostSeconds = finding.hop.idleTimeoutMs / 1000;
      return { boundBy: "hop", hop: finding.hop.hop, aboveSeconds, atMostSeconds, confidence: 1 };
    }
    case "front": {
      const { longestHeldSeconds, confidence } = finding.wall;
      const atMostSeconds = finding.wallSeconds;
      return { boundBy: "front", hop: undefined, aboveSeconds: longestHeldSeconds, atMostSeconds, confidence };
    }
    case "server":
      return { boundBy: "server", hop: undefined, aboveSeconds, atMostSeconds: finding.limitSeconds, confidence: 1 };
    case "devices": {
      const confidence = 1 - FEW_FAIL ** (sample.heartbeats - sample.failed);
      return { boundBy: "devices", hop: undefined, aboveSeconds, atMostSeconds: undefined, confidence };
    }
    case "none":
      return { boundBy: undefined, hop: undefined, aboveSeconds, atMostSeconds: undefined, confidence: undefined };
  }
}

/** That nothing bounds devices is as sure as it is that fewer than one heartbeat of twenty would fail. Chosen here. */
const FEW_FAIL = 0.95;
