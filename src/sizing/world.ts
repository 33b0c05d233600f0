import { Driver } from "../core/driver.ts";
import type { Millis } from "../core/machine.ts";
import { Random } from "../core/random.ts";
import { VirtualScheduler } from "../core/virtual-scheduler.ts";
import type { ClientAccess, ClientAccessEffect, ClientAccessEvent } from "../heartbeat/client-access.ts";
import type { AskedExchange, DeviceExchange } from "../heartbeat/device-events.ts";
import type { DeviceSession } from "../heartbeat/device-session.ts";
import type { DeviceIdentity, HeartbeatEvent } from "../heartbeat/events.ts";
import type { ExchangeEvent } from "../heartbeat/exchange-events.ts";
import { Exchanges } from "../heartbeat/exchange.ts";
import type { ConditionSettings } from "../path/conditions/index.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import type { Hop } from "../path/hop.ts";
import { type PathHop, preparePath } from "../path/path-hop.ts";
import { Timeline } from "../path/timeline.ts";
import { type Crossing, type DeviceWorld, VirtualDevice } from "./virtual-device.ts";
import type { Request } from "./message.ts";
import type { FlowUser, VirtualFlow } from "./virtual-flow.ts";

/** A device of a virtual world. */
export interface WorldDevice extends DeviceIdentity {
  readonly session: DeviceSession;
  readonly protocolVersion: string;
}

/** A message that arrives. */
export interface WorldMail {
  readonly at: Millis;
  readonly user: string;
}

/** The listener that a virtual world stands for, whose chances are its own. */
const LISTENER = "https";

/** What a virtual world is made of. */
export interface WorldOptions {
  /** Device side first. */
  readonly hops: readonly Hop[];
  readonly clientAccess: ClientAccess;
  /** In the order of their instants; may be endless. */
  readonly mail: Iterable<WorldMail>;
  readonly observer: WorldObserver;
  /** A whole number that all chances hang on; default 0. */
  readonly seed?: number;
  /** Puts something of its own around conditions that were made ready, to look on; default nothing. */
  readonly watch?: (hops: readonly PathHop[]) => readonly PathHop[];
}

/** What a virtual world tells while it runs. */
export interface WorldObserver {
  asked(device: string, exchange: AskedExchange): void;
  concluded(device: string, exchange: DeviceExchange): void;
  heartbeat(event: HeartbeatEvent): void;
  flow(event: FlowEvent): void;
  /** Something crosses a device's radio: told before anything comes of it. */
  crossed?(device: string, crossing: Crossing): void;
  /** A message arrives: told before anything comes of it. */
  mailed?(user: string): void;
}

/**
 * Devices, a path and a Client Access server in virtual time: the machines that run live, joined without sockets.
 * Nothing takes time but what a machine waits for and what a condition withholds. Mail comes behind all else of its
 * instant, so that no other order than that of the instants counts.
 */
export class World {
  readonly #scheduler = new VirtualScheduler();
  readonly #clientAccess: ClientAccess;
  readonly #exchanges = new Exchanges();
  readonly #devices: VirtualDevice[] = [];
  readonly #telling: boolean;
  readonly #serverDriver: Driver<ClientAccessEvent, ClientAccessEffect>;
  readonly #exchangeDriver: Driver<ExchangeEvent, HeartbeatEvent>;
  readonly #requests = new Map<number, VirtualFlow>();
  readonly #deviceWorld: DeviceWorld;
  readonly #observer: WorldObserver;
  readonly #mail: Iterator<WorldMail>;
  #nextMail: IteratorResult<WorldMail>;
  #flowCount = 0;
  #requestCount = 0;

  constructor({ hops, clientAccess, mail, observer, seed = 0, watch = (ready) => ready }: WorldOptions) {
    const scheduler = this.#scheduler;
    this.#observer = observer;
    const random = new Random(seed).fork(LISTENER);
    this.#clientAccess = clientAccess;
    this.#telling = hops.every(({ conditions }) => conditions.every(tellsAll));
    this.#serverDriver = new Driver(clientAccess, scheduler, (effect) => this.#performServer(effect));
    this.#exchangeDriver = new Driver(this.#exchanges, scheduler, (event) => observer.heartbeat(event));
    this.#deviceWorld = {
      scheduler,
      observer,
      random,
      hops: watch(preparePath(hops, { random, timeline: new Timeline(0) })),
      nextFlowId: () => (this.#flowCount += 1),
      nextRequestId: () => (this.#requestCount += 1),
      serve: (id, flow, user, request) => this.#serve(id, flow, user, request),
      abandon: (id) => this.#abandon(id),
      exchange: (event) => this.#exchangeDriver.dispatch(event),
      flow: (event) => observer.flow(event),
    };
    this.#mail = mail[Symbol.iterator]();
    this.#nextMail = this.#mail.next();
  }

  /** The present instant, in virtual ms. */
  get now(): Millis {
    return this.#scheduler.now();
  }

  /** Adds a device that starts at `startAt`, in virtual ms. */
  add({ session, ...user }: WorldDevice, startAt: Millis = 0): void {
    const device = new VirtualDevice(session, user, this.#deviceWorld);
    this.#devices.push(device);
    this.#scheduler.schedule(startAt, () => device.start());
  }

  /** Lets the world run until an instant, in virtual ms. */
  runUntil(end: Millis): void {
    while (this.step(end)) continue;
    this.#scheduler.runUntil(end);
  }

  /** Takes the next step, if one is due until an instant: all that is due at one instant, or one message behind that. */
  step(end: Millis): boolean {
    const dueAt = this.#scheduler.nextAt() ?? Infinity;
    const next = this.#nextMail;
    const mailAt = next.done === true ? Infinity : next.value.at;
    if (Math.min(dueAt, mailAt) > end) return false;
    this.#scheduler.runUntil(Math.min(dueAt, mailAt));
    if (next.done !== true && mailAt < dueAt) this.#deliver(next.value);
    return true;
  }

  /**
   * What a world of one device goes on from, as a text: when its device waits with a request that is held, and nothing is
   * left of earlier ones; `undefined` else, and where the path has conditions of which no text tells all. Two worlds
   * of one make that have the same go on alike, whatever the hour: sync keys are only ever compared, so they are told by
   * their order.
   */
  fingerprint(): string | undefined {
    const [device] = this.#devices;
    const { open, kept } = this.#exchanges;
    const calm = open === 1 && kept.flows === 1 && this.#exchanges.nextDeadline() === undefined;
    if (device === undefined || !calm || this.#clientAccess.parked !== 1 || !this.#telling) return undefined;
    const text = device.fingerprint(this.now, this.#clientAccess.nextDeadline());
    return text === undefined ? undefined : ranked(text + this.#clientAccess.fingerprint(this.now));
  }

  #serve(id: number, flow: VirtualFlow, { user, deviceId, protocolVersion }: FlowUser, request: Request): void {
    this.#requests.set(id, flow);
    this.#serverDriver.dispatch({ kind: "request", id, user, deviceId, protocolVersion, request });
  }

  #abandon(id: number): void {
    this.#requests.delete(id);
    this.#serverDriver.dispatch({ kind: "closed", id });
  }

  #performServer(effect: ClientAccessEffect): void {
    if (effect.kind !== "answer") return;
    const flow = this.#requests.get(effect.id);
    this.#requests.delete(effect.id);
    flow?.answer(effect.id, effect.answer);
  }

  /** One message is looked at ahead, so that an endless schedule costs nothing. */
  #deliver({ user }: WorldMail): void {
    this.#nextMail = this.#mail.next();
    this.#observer.mailed?.(user);
    this.#serverDriver.dispatch({ kind: "mail", user, subject: "New message" });
  }
}

/** Whether a condition has no chances, and the instant at which it is due tells all of its state on a flow that works. */
function tellsAll({ type, match, during }: ConditionSettings): boolean {
  return type === "idle-timeout" && match === undefined && during === undefined;
}

/** A text with sync keys in the order in which they first stand in it, but for the first key of all, 0. */
function ranked(text: string): string {
  const ranks = new Map([["0", 0]]);
  return text.replaceAll(/(syncKey\\*":\\*")(\d+)/gu, (_, before: string, key: string) => {
    const rank = ranks.get(key) ?? ranks.size;
    ranks.set(key, rank);
    return before + String(rank);
  });
}
