import type { Millis } from "../../core/machine.ts";

/** How an exchange ended for the device that asked: all that it can learn from. */
export type DeviceEnding =
  /** The interval is over and nothing changed. */
  | { readonly kind: "held" }
  | { readonly kind: "changes" }
  /** The server's word against the request; `limitSeconds` is the nearest interval it takes (Ping 5, Sync 14). */
  | { readonly kind: "rejected"; readonly status: number; readonly limitSeconds?: number }
  /** The device's own timer ran out. */
  | { readonly kind: "silence" }
  /** An RST came. */
  | { readonly kind: "reset" }
  /** A FIN came, and no answer. */
  | { readonly kind: "closed" }
  | { readonly kind: "httpError"; readonly httpStatus: number }
  /** HTTP 200 with a body that is no answer to the request. */
  | { readonly kind: "unreadable" }
  /** No connection came about, so the request never crossed the path. */
  | { readonly kind: "unreachable" };

/** What a device asks next, and why. */
export interface Move {
  readonly kind: "first" | "raise" | "lower" | "repeat";
  readonly heartbeatIntervalSeconds: number;
  /** A plain sentence for people: what the device concluded. */
  readonly reason: string;
  /** The search is over: as long as this interval holds, the device asks no other. Never at a minimum that failed. */
  readonly settled: boolean;
  /** Whether the device asks again at once or makes the pause that the kind of failure calls for. */
  readonly askAgain: "atOnce" | "afterPause";
}

/** A device's search for the longest interval that holds. */
export interface Negotiator {
  /** The first move; the state is untouched. */
  start(): Move;
  /** Learns from the end of the exchange that the last move led to; `durationMs` is what the device waited. */
  conclude(ending: DeviceEnding, durationMs: Millis): Move;
  /** What it goes on from, as a text: two of one model and settings that have the same go on alike. */
  fingerprint(): string;
}

/** The values that a carrier sets on a device (TechNet cc182270, cc182240), and the device's own patience. */
export interface NegotiatorSettings {
  /** The interval asked first; 1 s to a day, from `minimumSeconds` to `maximumSeconds`. */
  readonly initialSeconds: number;
  /** The least the device asks, unless the server demands less; 1 s to a day. */
  readonly minimumSeconds: number;
  /** The most the device asks, unless the server demands more; 1 s to a day. */
  readonly maximumSeconds: number;
  /** How far an answer raises the interval, and a failure lowers it where a model lowers by steps; 1 s to a day. */
  readonly incrementSeconds: number;
  /**
   * How long after the interval the device's own timer gives up, in ms; 0 to 10 min, default 5 s.
   * *Understanding Direct Push* says only "after the full interval"; 5 s is the margin of Android's read limit
   * (AOSP, EasSyncService.java and EasPing.java). With 0 an answer at the interval's end is lost to its own travel time.
   */
  readonly graceMs: Millis;
}

/** The name of one setting. */
export type SettingName = keyof NegotiatorSettings;

/** How long after the interval a device gives up unless told otherwise: the margin of Android's read limit. */
export const DEFAULT_GRACE_MS: Millis = 5000;

/** The longest interval that any setting or server may name: a day. */
export const LONGEST_INTERVAL_SECONDS = 86_400;

const LONGEST_GRACE_MS: Millis = 600_000;

/** Everything that is wrong with settings, one plain sentence each; none when they can be used. */
export function settingFaults(settings: NegotiatorSettings): readonly string[] {
  const intervals = [
    ...intervalFaults("initial", settings.initialSeconds),
    ...intervalFaults("minimum", settings.minimumSeconds),
    ...intervalFaults("maximum", settings.maximumSeconds),
    ...intervalFaults("increment", settings.incrementSeconds),
  ];
  const order = intervals.length === 0 ? orderFaults(settings) : [];
  return [...intervals, ...order, ...graceFaults(settings.graceMs)];
}

/** Whether a device can ask this interval at all. */
export function isInterval(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_INTERVAL_SECONDS;
}

/** Which way a device moves that asked the one interval and asks the other next. */
export function changeTo(nextSeconds: number, askedSeconds: number): "raise" | "lower" | "repeat" {
  if (nextSeconds === askedSeconds) return "repeat";
  return nextSeconds > askedSeconds ? "raise" : "lower";
}

/** Whether the server names a limit that can be obeyed and is another interval than the one asked. */
export function isOtherLimit(limitSeconds: number | undefined, askedSeconds: number): limitSeconds is number {
  return limitSeconds !== undefined && limitSeconds !== askedSeconds && isInterval(limitSeconds);
}

/** An interval as people write it: whole minutes where they fit, seconds otherwise. */
export function inWords(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** What an ending was, as the beginning of a sentence. */
export function endingInWords(ending: DeviceEnding, askedSeconds: number): string {
  const asked = inWords(askedSeconds);
  switch (ending.kind) {
    case "held":
      return `${asked} held`;
    case "changes":
      return `changes came while ${asked} ran`;
    case "rejected":
      return `the server refused ${asked} with Status ${ending.status}`;
    case "silence":
      return `no answer to ${asked}`;
    case "reset":
      return `the connection was reset while ${asked} ran`;
    case "closed":
      return `the connection was closed while ${asked} ran`;
    case "httpError":
      return `HTTP ${ending.httpStatus} while ${asked} ran`;
    case "unreadable":
      return `the answer to ${asked} made no sense`;
    case "unreachable":
      return "no connection to the server";
  }
}

function intervalFaults(name: string, seconds: number): readonly string[] {
  if (isInterval(seconds)) return [];
  return [`${name}: found ${seconds} s, expected whole seconds from 1 to ${LONGEST_INTERVAL_SECONDS}`];
}

function orderFaults({ initialSeconds, minimumSeconds, maximumSeconds }: NegotiatorSettings): readonly string[] {
  const faults: string[] = [];
  if (minimumSeconds > maximumSeconds) {
    faults.push(`minimum: found ${minimumSeconds} s, expected maximum, ${maximumSeconds} s, at most`);
  }
  if (initialSeconds < minimumSeconds) {
    faults.push(`initial: found ${initialSeconds} s, expected minimum, ${minimumSeconds} s, at least`);
  }
  if (initialSeconds > maximumSeconds) {
    faults.push(`initial: found ${initialSeconds} s, expected maximum, ${maximumSeconds} s, at most`);
  }
  return faults;
}

function graceFaults(graceMs: Millis): readonly string[] {
  if (Number.isInteger(graceMs) && graceMs >= 0 && graceMs <= LONGEST_GRACE_MS) return [];
  return [`grace: found ${graceMs} ms, expected whole milliseconds from 0 to ${LONGEST_GRACE_MS}`];
}
