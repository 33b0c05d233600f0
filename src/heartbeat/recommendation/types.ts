import type { Millis } from "../../core/machine.ts";
import type { AlertView } from "../alert.ts";
import type { Negotiation } from "../followed.ts";
import type { NetworkView } from "../networks.ts";

/** What a recommendation is made of: all that is known live. */
export interface Known {
  /** One for each listener that devices come to. */
  readonly paths: readonly KnownPath[];
  readonly networks: readonly NetworkView[];
  readonly negotiations: readonly Negotiation[];
  readonly alerts: readonly AlertView[];
}

/** The idle time-outs that idlewall itself has in the way of one listener's devices. */
export interface KnownPath {
  readonly listener: string;
  /** From the device to the server; hops without an idle time-out are left out. */
  readonly hops: readonly KnownHop[];
}

/** One hop with its shortest idle time-out. */
export interface KnownHop {
  readonly hop: string;
  /** What it is, as a profile says: `nat`, `firewall`, `load-balancer`, `reverse-proxy` or `network`. */
  readonly kind: string;
  readonly idleTimeoutMs: Millis;
  /** Whether it concerns some flows, or some times, only. */
  readonly narrowed: boolean;
}

/** What bounds a heartbeat: a hop of ours, something in front that nobody told us of, the server, or the devices. */
export const BOUND_BY = ["hop", "front", "server", "devices"] as const;

/** One of those above. */
export type BoundBy = (typeof BOUND_BY)[number];

/**
 * What is to be done about a hop, what changes most first; `ask` is for one that is seldom in an administrator's hands,
 * and `lower` is no more than tidy.
 */
export const HOP_ACTIONS = ["raise", "ask", "keep", "lower"] as const;

/** One of those above. */
export type HopAction = (typeof HOP_ACTIONS)[number];

/** One hop and its time-out, today's and the one to set. */
export interface HopAdvice {
  readonly listener: string;
  readonly hop: string;
  readonly kind: string;
  readonly idleTimeoutSeconds: number;
  readonly recommendedSeconds: number;
  readonly action: HopAction;
  /** A sentence. */
  readonly reason: string;
  /** Where the figure comes from. */
  readonly source: string;
}

/** Of what counts, how much was seen, and how much is needed. */
export interface NotEnough {
  readonly of: "heartbeats" | "expiries" | "failures" | "settled devices";
  readonly seen: number;
  readonly needed: number;
}

/** What a finding rests on. */
export interface Sample {
  readonly devices: number;
  readonly searching: number;
  readonly settled: number;
  readonly collapsed: number;
  /** Heartbeats that were answered, or that the path failed. */
  readonly heartbeats: number;
  readonly failed: number;
  /** Median of the intervals that devices ask now, in s; `undefined` when none is known. */
  readonly askedSeconds: number | undefined;
  /** The longest silence that any of them went through and was answered, in s. */
  readonly longestHeldSeconds: number | undefined;
}

/** What would be different, at the best. */
export interface Gain {
  /** Share of the heartbeats that fail now, 0 to 1. */
  readonly failedShare: number;
  /** The longest interval that would hold, in s. */
  readonly intervalSeconds: number;
  /** Heartbeats of a device in a day without mail, at the median asked now, and at that interval. */
  readonly heartbeatsPerDayNow: number;
  readonly heartbeatsPerDayThen: number;
}

/** What bounds the heartbeat, and what to do about it. */
export interface Recommendation {
  /** `undefined` when there is not enough to say it. */
  readonly boundBy: BoundBy | undefined;
  /** The hop, where it is one of ours. */
  readonly hop: string | undefined;
  /** Longest interval known to hold below the bound, and shortest known not to, in s, where known. */
  readonly aboveSeconds: number | undefined;
  readonly atMostSeconds: number | undefined;
  /** How sure that is, 0 to 1; `undefined` when there is not enough. */
  readonly confidence: number | undefined;
  readonly notEnough: NotEnough | undefined;
  /** The finding, and what to do, in a sentence or two. */
  readonly text: string;
  /** A sentence each. */
  readonly reasons: readonly string[];
  /** What would not help, a sentence each. */
  readonly wontHelp: readonly string[];
  /** Outside first. */
  readonly hops: readonly HopAdvice[];
  readonly sample: Sample;
  readonly gain: Gain | undefined;
}

/** That of the devices of one network that come to one listener. */
export interface NetworkRecommendation extends Recommendation {
  readonly network: string;
  readonly listener: string;
}

/** One over all, and one for each network and listener. */
export interface Recommendations {
  readonly overall: Recommendation;
  readonly networks: readonly NetworkRecommendation[];
}
