/**
 * Follows each device's negotiation, a Ping and a waiting Sync apart, from nothing but heartbeat events.
 *
 *   searching  neither of the others
 *   settled    3 exchanges in a row were answered at one interval (held or changes), and nothing has failed since;
 *              a new interval asked, or a failure, ends it
 *   collapsed  2 exchanges failed at the lowest interval ever asked, with no answer between them: the device has
 *              nowhere to go; an answer, or a lower interval asked, ends it
 *
 * What the server refuses, what fails there and what the device withdraws says nothing about the path, and changes only
 * the counts; so does an exchange whose interval is not known.
 */
import type { Millis } from "../core/machine.ts";
import {
  type DeviceIdentity,
  type Exchange,
  type ExchangeEnd,
  FAILED_OUTCOMES,
  type HeartbeatEvent,
  type Outcome,
  type WaitingCommand,
} from "./events.ts";
import { deviceKey } from "./exchange-memory.ts";
import { heldSeconds } from "./exchange-wait.ts";
import { RecentMap } from "./recent-map.ts";

/** Where a device's negotiation stands. */
export type NegotiationState = "searching" | "settled" | "collapsed";

/** How the interval asked compares with the one asked before, and how the exchange before it ended. */
export interface Move {
  readonly kind: "first" | "raise" | "lower" | "repeat";
  /** `undefined` for the first exchange. */
  readonly after: Outcome | undefined;
}

/** What is known of one device and one of the commands that can wait. */
export interface Negotiation {
  readonly device: DeviceIdentity;
  readonly command: WaitingCommand;
  /** The interval asked last. */
  readonly askedSeconds: number | undefined;
  /** The longest silence that a held exchange went through. */
  readonly longestHeldSeconds: number | undefined;
  /** The shortest interval at which the path failed. */
  readonly shortestFailedSeconds: number | undefined;
  readonly lastMove: Move | undefined;
  readonly state: NegotiationState;
  /** Exchanges by outcome; `open` counts those parked now. */
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly lastSeenAt: Millis;
}

/** What can be set for a tracker. */
export interface TrackerSettings {
  /** Devices followed at most, each command counting as one, longest unseen forgotten first; default 100,000. */
  readonly followedDevices?: number;
}

/** The negotiations of all devices of a proxy. */
export class Tracker {
  readonly #negotiations: RecentMap<string, Followed>;

  constructor(settings: TrackerSettings = {}) {
    this.#negotiations = new RecentMap(settings.followedDevices ?? 100_000);
  }

  /** Every negotiation as it stands, longest unseen first; later events do not change what was returned. */
  negotiations(): readonly Negotiation[] {
    return [...this.#negotiations.values()].map(snapshot);
  }

  /** The negotiation of one device and command, if any is known. */
  negotiation(device: DeviceIdentity, command: WaitingCommand): Negotiation | undefined {
    const followed = this.#negotiations.get(keyOf(device, command));
    return followed === undefined ? undefined : snapshot(followed);
  }

  observe(event: HeartbeatEvent): void {
    switch (event.kind) {
      case "asked":
        return this.#asked(event.exchange);
      case "ended":
        return this.#ended(event.exchange, event.end);
      case "lateAnswer":
      case "decodeFailed":
        return;
    }
  }

  #asked(exchange: Exchange): void {
    const key = keyOf(exchange.device, exchange.command);
    const followed = this.#negotiations.get(key) ?? newcomer(exchange);
    this.#negotiations.set(key, followed);
    followed.lastSeenAt = exchange.askedAt;
    followed.counts.open += 1;
    if (exchange.heartbeatIntervalSeconds !== undefined) move(followed, exchange.heartbeatIntervalSeconds);
    followed.lastOutcome = "open";
  }

  /** An end whose asking was forgotten, or never seen, is passed over. */
  #ended(exchange: Exchange, end: ExchangeEnd): void {
    const key = keyOf(exchange.device, exchange.command);
    const followed = this.#negotiations.get(key);
    if (followed === undefined || followed.counts.open === 0) return;
    this.#negotiations.set(key, followed);
    followed.lastSeenAt = Math.max(followed.lastSeenAt, end.endedAt);
    followed.counts.open -= 1;
    followed.counts[end.outcome] += 1;
    followed.lastOutcome = end.outcome;
    if (end.outcome === "held") learnHeld(followed, heldSeconds(exchange, end));
    if (exchange.heartbeatIntervalSeconds !== undefined)
      conclude(followed, exchange.heartbeatIntervalSeconds, end.outcome);
  }
}

/** How many answers in a row at one interval settle a negotiation, and how many failures at its lowest collapse it. */
const SETTLED_AFTER = 3;
const COLLAPSED_AFTER = 2;

const FAILED: ReadonlySet<Outcome> = new Set<Outcome>(FAILED_OUTCOMES);

interface Followed {
  readonly device: DeviceIdentity;
  readonly command: WaitingCommand;
  askedSeconds: number | undefined;
  lowestAskedSeconds: number;
  longestHeldSeconds: number | undefined;
  shortestFailedSeconds: number | undefined;
  lastMove: Move | undefined;
  lastOutcome: Outcome | undefined;
  /** Answers in a row at the interval asked last. */
  answeredInRow: number;
  /** Failures at the lowest interval asked since the last answer. */
  failedAtLowest: number;
  readonly counts: Record<Outcome, number>;
  lastSeenAt: Millis;
}

function newcomer({ device, command, askedAt }: Exchange): Followed {
  return {
    device,
    command,
    askedSeconds: undefined,
    lowestAskedSeconds: Number.POSITIVE_INFINITY,
    longestHeldSeconds: undefined,
    shortestFailedSeconds: undefined,
    lastMove: undefined,
    lastOutcome: undefined,
    answeredInRow: 0,
    failedAtLowest: 0,
    counts: { held: 0, changes: 0, rejected: 0, expired: 0, cut: 0, lost: 0, withdrawn: 0, serverFailed: 0, open: 0 },
    lastSeenAt: askedAt,
  };
}

function move(followed: Followed, seconds: number): void {
  const before = followed.askedSeconds;
  followed.lastMove = { kind: moveKind(before, seconds), after: followed.lastOutcome };
  followed.askedSeconds = seconds;
  if (seconds !== before) followed.answeredInRow = 0;
  if (seconds >= followed.lowestAskedSeconds) return;
  followed.lowestAskedSeconds = seconds;
  followed.failedAtLowest = 0;
}

function moveKind(before: number | undefined, seconds: number): Move["kind"] {
  if (before === undefined) return "first";
  if (seconds === before) return "repeat";
  return seconds > before ? "raise" : "lower";
}

function learnHeld(followed: Followed, seconds: number): void {
  followed.longestHeldSeconds = Math.max(followed.longestHeldSeconds ?? 0, seconds);
}

function conclude(followed: Followed, seconds: number, outcome: Outcome): void {
  if (outcome === "held" || outcome === "changes") {
    followed.failedAtLowest = 0;
    if (seconds === followed.askedSeconds) followed.answeredInRow += 1;
  }
  if (!FAILED.has(outcome)) return;
  followed.answeredInRow = 0;
  followed.shortestFailedSeconds = Math.min(followed.shortestFailedSeconds ?? seconds, seconds);
  if (seconds <= followed.lowestAskedSeconds) followed.failedAtLowest += 1;
}

function stateOf(followed: Followed): NegotiationState {
  if (followed.failedAtLowest >= COLLAPSED_AFTER) return "collapsed";
  return followed.answeredInRow >= SETTLED_AFTER ? "settled" : "searching";
}

function snapshot(followed: Followed): Negotiation {
  const { device, command, askedSeconds, longestHeldSeconds, shortestFailedSeconds, lastMove, lastSeenAt } = followed;
  return {
    device,
    command,
    askedSeconds,
    longestHeldSeconds,
    shortestFailedSeconds,
    lastMove,
    state: stateOf(followed),
    counts: { ...followed.counts },
    lastSeenAt,
  };
}

function keyOf(device: DeviceIdentity, command: WaitingCommand): string {
  return `${command}:${deviceKey(device)}`;
}
