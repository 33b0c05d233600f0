import type { Millis } from "../../core/machine.ts";
import { minutes } from "../../core/duration-words.ts";
import { type Finding, wallIn } from "./finding.ts";
import type { Place } from "./place.ts";
import { present } from "./sample.ts";
import type { Gain, HopAdvice, KnownHop, Sample } from "./types.ts";
import { count, gainWords, hopWords } from "./words.ts";

/** The figures behind a finding, a sentence each. */
export function reasonsFor(place: Place, finding: Finding, gain: Gain | undefined): readonly string[] {
  return [
    ...sampleWords(place.sample),
    ...frontWords(place, finding),
    ...collapseWords(place),
    ...minimumWords(place),
    ...(gain === undefined ? [] : [gainWords(gain)]),
  ];
}

/** What would not help, a sentence each: whatever is no shorter than what bounds the heartbeat. */
export function whatWontHelp({ hops }: Place, finding: Finding, advice: readonly HopAdvice[]): readonly string[] {
  const bound = boundIn(finding);
  if (bound === undefined) return [];
  return hops
    .filter((hop, index) => hop.idleTimeoutMs >= bound.ms && hop !== bound.hop && advice[index]?.action !== "raise")
    .map((hop) => `raising ${hopWords(hop)} gains nothing: ${bound.why}`);
}

interface Bound {
  /** From here on hops gain nothing. */
  readonly ms: Millis;
  readonly why: string;
  readonly hop?: KnownHop;
}

// oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive, and the compiler holds it to that
function boundIn(finding: Finding): Bound | undefined {
  switch (finding.by) {
    case "hop":
      return { ms: finding.hop.idleTimeoutMs, why: `${hopWords(finding.hop)} forgets first`, hop: finding.hop };
    case "front": {
      const why = `what is in front forgets after ${minutes(finding.wallSeconds)} at the latest`;
      return { ms: finding.wallSeconds * 1000, why };
    }
    case "server":
      return { ms: finding.limitSeconds * 1000, why: `the server takes no more than ${minutes(finding.limitSeconds)}` };
    case "devices":
      return { ms: 0, why: "nothing has failed at what devices ask" };
    case "none":
      return undefined;
  }
}

/** What was seen, in a sentence; none when that is nothing. */
export function sampleWords(sample: Sample): readonly string[] {
  if (sample.heartbeats === 0) return [];
  const { searching, settled, collapsed, askedSeconds, longestHeldSeconds } = sample;
  const states = `${searching} searching, ${settled} settled, ${collapsed} collapsed`;
  const seen = `${count(sample.devices, "device")} (${states}) and ${count(sample.heartbeats, "heartbeat")}, ${sample.failed} failed`;
  const asked = askedSeconds === undefined ? "" : `; devices ask ${minutes(askedSeconds)} (median)`;
  const held = longestHeldSeconds === undefined ? "" : `; the longest that held is ${minutes(longestHeldSeconds)}`;
  return [`seen so far: ${seen}${asked}${held}`];
}

/** A wall in front that does not bound the heartbeat is worth a word: it will, once what does is gone. */
function frontWords({ bracket }: Place, finding: Finding): readonly string[] {
  const seconds = bracket?.shortestFailedSeconds;
  if (seconds === undefined || finding.by === "front") return [];
  if (wallIn(bracket) !== undefined)
    return [`beyond that, something in front forgets after ${minutes(seconds)} at the latest`];
  return [`something in front may forget after ${minutes(seconds)}: that is not sure yet`];
}

function collapseWords({ sample }: Place): readonly string[] {
  if (sample.collapsed === 0) return [];
  return [`${count(sample.collapsed, "device")} can't ask for less, failing again and again: mail comes late there`];
}

function minimumWords({ negotiations }: Place): readonly string[] {
  const least = present(negotiations.map(({ serverLimit }) => serverLimit))
    .filter(({ askedSeconds, limitSeconds }) => limitSeconds > askedSeconds)
    .map(({ limitSeconds }) => limitSeconds);
  if (least.length === 0) return [];
  const seconds = least.reduce((most, each) => Math.max(most, each));
  return [`the server refuses less than ${minutes(seconds)}, so devices can't go below that`];
}
