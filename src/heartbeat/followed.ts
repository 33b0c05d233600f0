/**
 * What is known of one device's negotiation with one of the commands that can wait.
 *
 *   searching  neither of the others
 *   settled    3 exchanges in a row were answered at one interval (held or changes), and nothing has failed since;
 *              a new interval asked, or a failure, ends it
 *   collapsed  2 exchanges failed at the lowest interval ever asked, with no answer between them: the device has
 *              nowhere to go; an answer, or a lower interval asked, ends it
 *
 * What the server refuses, what fails there and what the device withdraws says nothing about the path, and changes only
 * the counts; so does an exchange whose interval is not known. An answer that turns out not to have been heard is taken
 * back: it was lost.
 */
import type { Millis } from "../core/machine.ts";
import {
  type DeviceIdentity,
  type Exchange,
  type ExchangeEnd,
  type Outcome,
  pathFailed,
  type WaitingCommand,
} from "./events.ts";
import { failedSeconds, heldSeconds } from "./exchange-wait.ts";
import { changeTo } from "./negotiators/negotiator.ts";
import type { Haste } from "./storms.ts";

/** Where a device's negotiation stands. */
export type NegotiationState = "searching" | "settled" | "collapsed";

/** How the interval asked compares with the one asked before, and how the exchange before it ended. */
export interface AskedMove {
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
  readonly lastMove: AskedMove | undefined;
  readonly state: NegotiationState;
  /** The network of its last exchange that ended, where its address is known. */
  readonly network: string | undefined;
  /** The listener of its last exchange, where that is known. */
  readonly listener: string | undefined;
  /** The latest of its requests that an idle time-out of ours let die. */
  readonly lastExpiry: Expiry | undefined;
  /** What the server said last against an interval that it asked. */
  readonly serverLimit: ServerLimit | undefined;
  /** Exchanges by outcome; `open` counts those parked now, `lost` those too whose answer was not heard. */
  readonly counts: Readonly<Record<Outcome, number>>;
  readonly lastSeenAt: Millis;
}

/** Requests that one hop of ours let die, one like the other. */
export interface Expiry {
  readonly hop: string;
  /** How long the hop had been silent when the last of them died, in s. */
  readonly silenceSeconds: number;
  /** How many there are since it was another hop, or a silence that differs by more than a tenth. */
  readonly count: number;
}

/** An interval that a server did not take, and the nearest that it does, in s. */
export interface ServerLimit {
  readonly askedSeconds: number;
  readonly limitSeconds: number;
}

/** An answer of which it is not known yet whether the device heard it. */
export interface PendingAnswer {
  readonly exchange: Exchange;
  readonly outcome: "held" | "changes";
  readonly endedAt: Millis;
  /** The device's network, where its address is known. */
  readonly network: string | undefined;
  /** What is known without it, should it have to be taken back. */
  readonly before: { readonly longestHeldSeconds: number | undefined; readonly failedAtLowest: number };
}

/** One device and command that is followed: few bytes, for there may be a hundred thousand. */
export class Followed implements Haste {
  readonly key: string;
  readonly command: WaitingCommand;
  readonly #deviceType: string;
  readonly #counts: Record<Outcome, number> = noExchanges();
  #askedSeconds: number | undefined;
  #lowestAskedSeconds = Infinity;
  #longestHeldSeconds: number | undefined;
  #shortestFailedSeconds: number | undefined;
  #lastMove: AskedMove | undefined;
  #lastOutcome: Outcome | undefined;
  /** Answers in a row at the interval asked last. */
  #answeredInRow = 0;
  /** Failures at the lowest interval asked since the last answer. */
  #failedAtLowest = 0;
  #lastSeenAt: Millis;
  #network: string | undefined;
  #listener: string | undefined;
  #lastExpiry: Expiry | undefined;
  #serverLimit: ServerLimit | undefined;
  /** The last answer, until the device asks anew. */
  #pending: PendingAnswer | undefined;
  lastAskedAt = -Infinity;
  hastyCount = 0;

  /** @param key what `keyOf` gives for the device and command */
  constructor(key: string, { command, device, askedAt }: Exchange) {
    this.key = key;
    this.command = command;
    this.#deviceType = device.deviceType;
    this.#lastSeenAt = askedAt;
  }

  get state(): NegotiationState {
    if (this.#failedAtLowest >= COLLAPSED_AFTER) return "collapsed";
    return this.#answeredInRow >= SETTLED_AFTER ? "settled" : "searching";
  }

  /** Whether an exchange is parked that can end. */
  get waits(): boolean {
    return this.#counts.open > 0;
  }

  get device(): DeviceIdentity {
    return identityIn(this.key, this.#deviceType);
  }

  /** As it stands; later events do not change it. */
  get snapshot(): Negotiation {
    return {
      device: this.device,
      command: this.command,
      askedSeconds: this.#askedSeconds,
      longestHeldSeconds: this.#longestHeldSeconds,
      shortestFailedSeconds: this.#shortestFailedSeconds,
      lastMove: this.#lastMove,
      state: this.state,
      network: this.#network,
      listener: this.#listener,
      lastExpiry: this.#lastExpiry,
      serverLimit: this.#serverLimit,
      counts: { ...this.#counts },
      lastSeenAt: this.#lastSeenAt,
    };
  }

  ask({ askedAt, heartbeatIntervalSeconds, listener }: Exchange): void {
    this.#lastSeenAt = askedAt;
    this.#listener = listener;
    this.#counts.open += 1;
    if (heartbeatIntervalSeconds !== undefined) this.#move(heartbeatIntervalSeconds);
    this.#lastOutcome = "open";
  }

  /** @param network that of the device, where its address is known */
  end(exchange: Exchange, end: ExchangeEnd, network: string | undefined): void {
    const { outcome, endedAt } = end;
    this.#network = network;
    this.#learn(exchange, end);
    this.#lastSeenAt = Math.max(this.#lastSeenAt, endedAt);
    this.#counts.open -= 1;
    this.#counts[outcome] += 1;
    this.#lastOutcome = outcome;
    if (outcome === "held" || outcome === "changes") this.#answer({ exchange, outcome, endedAt, network });
    else if (pathFailed(outcome)) this.#fail(exchange.heartbeatIntervalSeconds);
  }

  /** The last answer, if the device has not asked since; asking again, there is none any more. */
  takePending(): PendingAnswer | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  /** An answer has not reached the device: what was learnt from it is taken back, and it was lost. */
  unhear({ outcome, exchange, before }: PendingAnswer): void {
    this.#counts[outcome] -= 1;
    this.#counts.lost += 1;
    this.#lastOutcome = "lost";
    this.#longestHeldSeconds = before.longestHeldSeconds;
    this.#failedAtLowest = before.failedAtLowest;
    this.#fail(exchange.heartbeatIntervalSeconds);
  }

  #learn(exchange: Exchange, { outcome, hop, limitSeconds, endedAt }: ExchangeEnd): void {
    if (outcome === "expired" && hop !== undefined)
      this.#lastExpiry = expiryAfter(this.#lastExpiry, hop, failedSeconds(exchange, endedAt));
    const { heartbeatIntervalSeconds: askedSeconds } = exchange;
    if (limitSeconds !== undefined && askedSeconds !== undefined) this.#serverLimit = { askedSeconds, limitSeconds };
  }

  #move(seconds: number): void {
    const before = this.#askedSeconds;
    this.#lastMove = MOVES[before === undefined ? "first" : changeTo(seconds, before)][this.#lastOutcome ?? "none"];
    this.#askedSeconds = seconds;
    if (seconds !== before) this.#answeredInRow = 0;
    if (seconds >= this.#lowestAskedSeconds) return;
    this.#lowestAskedSeconds = seconds;
    this.#failedAtLowest = 0;
  }

  #answer(answer: Omit<PendingAnswer, "before">): void {
    const longestHeldSeconds = this.#longestHeldSeconds;
    const { outcome, exchange } = answer;
    this.#pending = { ...answer, before: { longestHeldSeconds, failedAtLowest: this.#failedAtLowest } };
    if (outcome === "held") this.#longestHeldSeconds = Math.max(longestHeldSeconds ?? 0, heldSeconds(exchange, answer));
    if (exchange.heartbeatIntervalSeconds === undefined) return;
    this.#failedAtLowest = 0;
    if (exchange.heartbeatIntervalSeconds === this.#askedSeconds) this.#answeredInRow += 1;
  }

  #fail(seconds: number | undefined): void {
    if (seconds === undefined) return;
    this.#answeredInRow = 0;
    this.#shortestFailedSeconds = Math.min(this.#shortestFailedSeconds ?? seconds, seconds);
    if (seconds <= this.#lowestAskedSeconds) this.#failedAtLowest += 1;
  }
}

/**
 * One word for a device and a command, joined for the reason that `deviceKey` gives; the identity can be had of it again,
 * so that nothing else of that is kept.
 */
export function keyOf({ deviceId, user }: DeviceIdentity, command: WaitingCommand): string {
  return [command, deviceId.length, deviceId, user.toLowerCase()].join(":");
}

function identityIn(key: string, deviceType: string): DeviceIdentity {
  const first = key.indexOf(":");
  const second = key.indexOf(":", first + 1);
  const end = second + 1 + Number(key.slice(first + 1, second));
  return { deviceId: key.slice(second + 1, end), user: key.slice(end + 1), deviceType };
}

function expiryAfter(before: Expiry | undefined, hop: string, silenceSeconds: number): Expiry {
  const isAlike =
    before?.hop === hop && Math.abs(silenceSeconds - before.silenceSeconds) <= before.silenceSeconds * LIKENESS;
  return { hop, silenceSeconds, count: isAlike ? before.count + 1 : 1 };
}

/** What two silences that one time-out ended may differ by: timers are late, clocks inexact. Chosen here. */
const LIKENESS = 0.1;

/** How many answers in a row at one interval settle a negotiation, and how many failures at its lowest collapse it. */
const SETTLED_AFTER = 3;
const COLLAPSED_AFTER = 2;

function noExchanges(): Record<Outcome, number> {
  return { held: 0, changes: 0, rejected: 0, expired: 0, cut: 0, lost: 0, withdrawn: 0, serverFailed: 0, open: 0 };
}

/** Every move there is: each device points to one of these. */
const MOVES = {
  first: movesOf("first"),
  raise: movesOf("raise"),
  lower: movesOf("lower"),
  repeat: movesOf("repeat"),
} as const;

function movesOf(kind: AskedMove["kind"]): Readonly<Record<Outcome | "none", AskedMove>> {
  const after = (outcome: Outcome | undefined): AskedMove => ({ kind, after: outcome });
  return {
    none: after(undefined),
    held: after("held"),
    changes: after("changes"),
    rejected: after("rejected"),
    expired: after("expired"),
    cut: after("cut"),
    lost: after("lost"),
    withdrawn: after("withdrawn"),
    serverFailed: after("serverFailed"),
    open: after("open"),
  };
}
