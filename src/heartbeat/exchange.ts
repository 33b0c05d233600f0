/**
 * Turns what a proxy sees into exchanges and their outcomes; one machine serves one proxy, because the outcome of a
 * request can depend on what its device asks next, on another flow.
 *
 *   parked   asked; until an answer, the end of the path, the server's failure, or the device's leaving
 *   leaving  the device left early; its next request tells why, or nothing within the window does
 *   dead     ended by a hop of ours; the flow is still watched for the server's late answer, until `closed`
 *
 *   parked  --answered, and that passed--------------> held, changes, rejected, serverFailed
 *   parked  --gone or come back, while a hop holds
 *             the answer-----------------------------> cut
 *   parked  --pathEnded------------------------------> expired, cut        (goes on as dead)
 *   parked  --serverFailed---------------------------> serverFailed
 *   parked  --deviceLeft, closed---------------------> lost, when at least the interval had passed; else leaving
 *   parked  --a waiting request on another flow------> lost
 *   leaving --a waiting request, or the window over--> lost
 *   leaving --another command------------------------> withdrawn
 *
 * Source of the last two: reference on MS-ASCMD and the Android client, "Two pings at once": a device closes a waiting
 * request when it has something else to do.
 */
import type { Machine, Millis } from "../core/machine.ts";
import { DECODE_FAILURES, type Exchange, type HeartbeatEvent, type WaitingCommand } from "./events.ts";
import { endsSilence, type Judgement, judgeAnswer } from "./exchange-answer.ts";
import type { AnswerBeganEvent, AnsweredEvent, ExchangeEvent, RequestedEvent } from "./exchange-events.ts";
import { followed, give, heardBefore } from "./exchange-hearing.ts";
import { type Asked, deviceKey, DeviceMemory } from "./exchange-memory.ts";
import {
  begin,
  type Cause,
  cutByHolding,
  type Device,
  endOf,
  type Flow,
  goneOn,
  LOST,
  lostBy,
  missed,
  park,
  type Parked,
  parkedOn,
  takeOff,
  type PathEnd,
  waitedOut,
  waitsStill,
} from "./exchange-parked.ts";
import { intervalPassed } from "./exchange-wait.ts";

/** What can be set for the exchanges of a proxy. */
export interface ExchangeSettings {
  /** How long the device's next request is waited for after it left a parked one; default 60 s. */
  readonly leavingWindowMs?: Millis;
  /** Where the intervals of devices are remembered, for proxies that share a process; default: one of its own. */
  readonly memory?: DeviceMemory | undefined;
  /** Gives each exchange its id, for proxies that share a process; default: a count from 1. */
  readonly nextId?: (() => number) | undefined;
  /** Gives the address of a flow's device. */
  readonly sourceOf?: (flowId: number) => string | undefined;
  /** Where their devices connect; default: not told. */
  readonly listener?: string | undefined;
}

/** The exchanges of one proxy. */
export class Exchanges implements Machine<ExchangeEvent, HeartbeatEvent> {
  readonly #leavingWindowMs: Millis;
  readonly #memory: DeviceMemory;
  readonly #flows = new Map<number, Flow>();
  readonly #devices = new Map<string, Device>();
  /** In the order of their leaving, which is that of their deadlines. */
  readonly #leaving = new Map<Parked, Millis>();
  readonly #nextId: () => number;
  readonly #sourceOf: (flowId: number) => string | undefined;
  readonly #listener: string | undefined;

  constructor(settings: ExchangeSettings = {}) {
    this.#nextId = settings.nextId ?? countFromOne();
    this.#sourceOf = settings.sourceOf ?? (() => undefined);
    this.#listener = settings.listener;
    this.#leavingWindowMs = settings.leavingWindowMs ?? 60_000;
    this.#memory = settings.memory ?? new DeviceMemory();
  }

  /** Exchanges that have not ended. */
  get open(): number {
    let open = 0;
    for (const device of this.#devices.values()) open += device.open.length;
    return open;
  }

  /** What is kept in memory, for tests that nothing stays behind: flows, devices with open exchanges, devices remembered. */
  get kept(): { readonly flows: number; readonly devices: number; readonly remembered: number } {
    return { flows: this.#flows.size, devices: this.#devices.size, remembered: this.#memory.size };
  }

  // oxlint-disable-next-line typescript/consistent-return -- the switch is exhaustive, and the compiler holds it to that
  handle(event: ExchangeEvent, now: Millis): readonly HeartbeatEvent[] {
    switch (event.kind) {
      case "requested":
        return this.#requested(event, now);
      case "answerBegan":
        return this.#answerBegan(event, now);
      case "answered":
        return this.#answered(event, now);
      case "answerPassed":
        return this.#answerPassed(event.flowId, event.requestNumber, now);
      case "answersHeld":
        this.#flow(event.flowId).heldBy = event.hop;
        return [];
      case "answersMissed":
        return this.#answersMissed(event.flowId, now);
      case "pathEnded":
        return this.#pathEnded(event.flowId, event, now);
      case "deviceLeft":
        if (event.byReset === true) this.#flows.get(event.flowId)?.given?.wasReset();
        return this.#deviceLeft(event.flowId, now);
      case "serverFailed":
        return this.#serverFailed(event.flowId, now);
      case "closed":
        return this.#closed(event.flowId, now);
    }
  }

  nextDeadline(): Millis | undefined {
    for (const leftAt of this.#leaving.values()) return leftAt + this.#leavingWindowMs;
    return undefined;
  }

  expire(now: Millis): readonly HeartbeatEvent[] {
    const due: Parked[] = [];
    for (const [parked, leftAt] of this.#leaving) {
      if (leftAt + this.#leavingWindowMs > now) break;
      due.push(parked);
    }
    return due.map((parked) => this.#end(parked, LOST, now));
  }

  #requested(event: RequestedEvent, now: Millis): readonly HeartbeatEvent[] {
    const key = deviceKey(event.device, this.#listener);
    followed(this.#flows.get(event.flowId));
    if (event.command !== "Ping") this.#memory.of(key)?.given?.cameBack(now);
    if (event.command === "other") return this.#cameBack(key, event.flowId, false, now);
    const asked = this.#memory.ask(key, event);
    const collides = asked.waits && this.#waitsAlready(key, now);
    return [
      ...this.#cameBack(key, event.flowId, asked.waits, now),
      ...decodeFailures(event.flowId, event.body, now),
      ...(asked.waits ? this.#park(key, event, { asked, collides }, now) : []),
    ];
  }

  #waitsAlready(key: string, now: Millis): boolean {
    for (const parked of this.#devices.get(key)?.open ?? []) if (waitsStill(parked, now)) return true;
    return false;
  }

  #park(key: string, event: WaitingRequest, { asked, collides }: Arrival, now: Millis): readonly HeartbeatEvent[] {
    const exchange = this.#exchange(event, asked, now);
    const flow = this.#flow(event.flowId);
    const owner = this.#device(key);
    const parked = park({ exchange, requestNumber: event.requestNumber, flow, owner, asked });
    flow.waiting = [...flow.waiting, parked];
    owner.open = [...owner.open, parked];
    const heard = heardBefore(this.#memory.of(key), exchange);
    const began: HeartbeatEvent = { kind: "asked", exchange, heard, collides };
    return flow.pathEnd === undefined ? [began] : [began, this.#die(parked, flow.pathEnd, now)];
  }

  #exchange({ flowId, device, command, requestBytes }: WaitingRequest, asked: Asked, askedAt: Millis): Exchange {
    const [id, source] = [this.#nextId(), this.#sourceOf(flowId)];
    const { heartbeatIntervalSeconds } = asked;
    const listener = this.#listener;
    return { id, flowId, device, command, heartbeatIntervalSeconds, askedAt, source, listener, requestBytes };
  }

  /** The device's request decides about those it left, and one that waits shows that it gave up any other it still has. */
  #cameBack(key: string, flowId: number, waits: boolean, now: Millis): readonly HeartbeatEvent[] {
    const device = this.#devices.get(key);
    if (device === undefined) return [];
    if (!waits) device.otherRequest = { flowId, at: now };
    return device.open
      .filter((parked) => parked.state === "leaving" || (waits && parked.exchange.flowId !== flowId))
      .map((parked) => this.#end(parked, missed(parked) ?? (waits ? lostBy(parked) : WITHDRAWN), now));
  }

  #answerBegan(event: AnswerBeganEvent, now: Millis): readonly HeartbeatEvent[] {
    const parked = this.#find(event.flowId, event.requestNumber);
    if (parked?.state === "dead") return [this.#answerLate(parked, now)];
    if (parked !== undefined) begin(parked, event);
    return [];
  }

  #answered(event: AnsweredEvent, now: Millis): readonly HeartbeatEvent[] {
    const failures = decodeFailures(event.flowId, event.body, now);
    const parked = this.#find(event.flowId, event.requestNumber);
    if (parked === undefined) return failures;
    if (parked.state === "dead") return [...failures, this.#answerLate(parked, now)];
    const { exchange, owner, asked } = parked;
    const judgement = judgeAnswer(event.httpStatus, event, intervalPassed(exchange, now));
    if (judgement.memory === "undo") this.#memory.undo(owner.key, exchange.command, asked);
    if (judgement.memory === "forget") this.#memory.forget(owner.key, exchange.command);
    begin(parked, event);
    parked.answered = judgement;
    return event.crossing === true ? failures : [...failures, this.#give(parked, judgement, now)];
  }

  #answerPassed(flowId: number, requestNumber: number, now: Millis): readonly HeartbeatEvent[] {
    const parked = this.#find(flowId, requestNumber);
    return parked?.answered === undefined ? [] : [this.#give(parked, parked.answered, now)];
  }

  /** An answer has left toward the device; whether it arrives there is seen later. */
  #give(parked: Parked, judgement: Judgement, now: Millis): HeartbeatEvent {
    if (endsSilence(judgement)) give(parked, this.#memory.of(parked.owner.key), now);
    return this.#end(parked, judgement, now);
  }

  /** One of which the answer has not even begun may still be waited for: a half-close is no leaving. */
  #answersMissed(flowId: number, now: Millis): readonly HeartbeatEvent[] {
    return parkedOn(this.#flows.get(flowId)).flatMap((parked) => {
      const cause = parked.flow.heldBy === undefined ? undefined : missed(parked);
      return cause === undefined ? [] : [this.#end(parked, cause, now)];
    });
  }

  /** The path's end is kept: a request that was already above the hops when they ended it dies with it. */
  #pathEnded(flowId: number, pathEnd: PathEnd, now: Millis): readonly HeartbeatEvent[] {
    const flow = this.#flow(flowId);
    flow.pathEnd ??= pathEnd;
    flow.given?.pathEnded();
    return parkedOn(flow).map((parked) => this.#die(parked, pathEnd, now));
  }

  #serverFailed(flowId: number, now: Millis): readonly HeartbeatEvent[] {
    return parkedOn(this.#flows.get(flowId))
      .filter((parked) => parked.answered === undefined)
      .map((parked) => this.#end(parked, { outcome: "serverFailed" }, now));
  }

  #closed(flowId: number, now: Millis): readonly HeartbeatEvent[] {
    const ended = this.#deviceLeft(flowId, now);
    this.#flows.get(flowId)?.given?.closed(now);
    this.#flows.delete(flowId);
    return ended;
  }

  #deviceLeft(flowId: number, now: Millis): readonly HeartbeatEvent[] {
    return parkedOn(this.#flows.get(flowId)).flatMap((parked) => this.#leave(parked, now));
  }

  #leave(parked: Parked, now: Millis): readonly HeartbeatEvent[] {
    const cause = missed(parked);
    if (cause !== undefined) return [this.#end(parked, cause, now)];
    if (waitedOut(parked.exchange, now)) return [this.#end(parked, LOST, now)];
    if (goneOn(parked, now)) return [this.#end(parked, WITHDRAWN, now)];
    takeOff(parked);
    parked.state = "leaving";
    this.#leaving.set(parked, now);
    return [];
  }

  /**
   * Ends an exchange by its path; its place on the flow stays, for the server's late answer. One whose answer was on its
   * way is the fault of the hop that held it there, unless it held it until an idle time-out was over.
   */
  #die(parked: Parked, { hop, byIdleTimeout, action }: PathEnd, now: Millis): HeartbeatEvent {
    const end: Cause = { outcome: byIdleTimeout ? "expired" : "cut", hop, action };
    const { answered, flow } = parked;
    if (answered !== undefined) {
      const cause = flow.heldBy === undefined ? answered : byIdleTimeout ? end : cutByHolding(flow.heldBy);
      return this.#end(parked, cause, now);
    }
    const ended = this.#end(parked, end, now);
    parked.state = "dead";
    flow.waiting = [...flow.waiting, parked];
    return ended;
  }

  #answerLate(parked: Parked, now: Millis): HeartbeatEvent {
    takeOff(parked);
    return { kind: "lateAnswer", exchange: parked.exchange, at: now };
  }

  /** Ends an exchange once and for all; one that its device left ended when it left. */
  #end(parked: Parked, cause: Cause, now: Millis): HeartbeatEvent {
    const { exchange, owner } = parked;
    const endedAt = this.#leaving.get(parked) ?? now;
    this.#leaving.delete(parked);
    takeOff(parked);
    owner.open = owner.open.filter((each) => each !== parked);
    if (owner.open.length === 0) this.#devices.delete(owner.key);
    return { kind: "ended", exchange, end: endOf(parked, cause, endedAt) };
  }

  #find(flowId: number, requestNumber: number): Parked | undefined {
    return this.#flows.get(flowId)?.waiting.find((parked) => parked.requestNumber === requestNumber);
  }

  #flow(flowId: number): Flow {
    const flow = this.#flows.get(flowId) ?? { waiting: [], pathEnd: undefined, heldBy: undefined, given: undefined };
    this.#flows.set(flowId, flow);
    return flow;
  }

  #device(key: string): Device {
    const device = this.#devices.get(key) ?? { key, open: [], otherRequest: undefined };
    this.#devices.set(key, device);
    return device;
  }
}

/** A waiting request with what it asks, and whether another one of its device is parked. */
interface Arrival {
  readonly asked: Asked;
  readonly collides: boolean;
}

const WITHDRAWN: Cause = { outcome: "withdrawn" };

type WaitingRequest = RequestedEvent & { readonly command: WaitingCommand };

function decodeFailures(flowId: number, body: unknown, at: Millis): readonly HeartbeatEvent[] {
  const reason = DECODE_FAILURES.find((failure) => failure === body);
  return reason === undefined ? [] : [{ kind: "decodeFailed", flowId, reason, at }];
}

function countFromOne(): () => number {
  let count = 0;
  return () => (count += 1);
}
