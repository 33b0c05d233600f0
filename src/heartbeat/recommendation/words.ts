import { minutes } from "../../core/duration-words.ts";
import { ADVISED_SECONDS } from "./advice.ts";
import type { Finding } from "./finding.ts";
import type { Gain, HopAdvice, KnownHop, NotEnough, Sample } from "./types.ts";

/** The finding and what to do about it, in a sentence or two. */
// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive, and the compiler holds it to that
export function textOf(finding: Finding, sample: Sample, advice: readonly HopAdvice[]): string {
  switch (finding.by) {
    case "hop":
      return `${hopWords(finding.hop)} bounds the heartbeat: ${finding.expiries} of ${count(sample.heartbeats, "heartbeat")} died there. ${deed(finding.hop, advice)}`;
    case "front":
      return `something in front of idlewall bounds the heartbeat: it forgets ${between(finding.wall.longestHeldSeconds, finding.wallSeconds)}, whatever our hops do. Find who runs it, and have it raised to ${minutes(ADVISED_SECONDS)}.`;
    case "server":
      return `the server bounds the heartbeat: it takes no more than ${minutes(finding.limitSeconds)}. The path needs no change.`;
    case "devices":
      return `the devices bound the heartbeat: ${sample.settled} of ${sample.devices} have settled, and ask for no more than they do. The path needs no change.`;
    case "none":
      return notEnoughWords(finding.notEnough);
  }
}

/** What is missing, in words. */
export function notEnoughWords({ of, seen, needed }: NotEnough): string {
  const words = {
    heartbeats: `${count(needed, "heartbeat")} needed have ended`,
    expiries: `${count(needed, "heartbeat")} needed have died at one hop`,
    failures: `${count(needed, "failure")} needed, each at a moment of its own, to tell a wall in front from bad luck`,
    "settled devices": `${count(needed, "device")} needed have settled on an interval that has not failed`,
  } as const;
  return `not enough seen yet: ${seen} of the ${words[of]}.`;
}

/** A hop with what it is and its time-out: `carrier (nat, 13 min)`. */
export function hopWords({ hop, kind, idleTimeoutMs }: KnownHop): string {
  return `${hop} (${kind}, ${minutes(idleTimeoutMs / 1000)})`;
}

/** What would be gained, in a sentence. */
export function gainWords({ failedShare, ...gain }: Gain): string {
  const failed = `now ${percent(failedShare)} of the heartbeats fail`;
  const fewer = `${gain.heartbeatsPerDayNow} heartbeats a day and device could become ${gain.heartbeatsPerDayThen}`;
  return `${failed}; ${fewer}, at the best, with intervals of nearly ${minutes(gain.intervalSeconds)}`;
}

/** A share as a percentage, in whole ones: `12 %`. */
function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `1 device`, `2 devices`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function between(heldSeconds: number | undefined, failedSeconds: number): string {
  const above = heldSeconds === undefined ? "" : `after more than ${minutes(heldSeconds)} and `;
  return `${above}no later than after ${minutes(failedSeconds)}`;
}

/** What to do about the hop that bounds the heartbeat, and about those that have to go along with it. */
function deed({ hop }: KnownHop, advice: readonly HopAdvice[]): string {
  const raised = advice
    .filter(({ action }) => action === "raise")
    .map((each) => `${each.hop} to ${minutes(each.recommendedSeconds)}`);
  const raise = raised.length === 0 ? "What is in your hands is long enough." : `Raise ${raised.join(", ")}.`;
  const asked = advice.find((each) => each.hop === hop && each.action === "ask");
  if (asked === undefined) return raise;
  const ask = `Ask who runs it for ${minutes(asked.recommendedSeconds)} or more.`;
  return advice.every(({ action }) => action === "ask") ? ask : `${ask} ${raise}`;
}
