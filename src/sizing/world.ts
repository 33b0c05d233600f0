import { Driver } from "../core/driver.ts";
import type { Millis } from "../core/machine.ts";
import { VirtualScheduler } from "../core/virtual-scheduler.ts";
import type { ClientAccess, ClientAccessEffect, ClientAccessEvent } from "../heartbeat/client-access.ts";
import type { AskedExchange, DeviceExchange } from "../heartbeat/device-events.ts";
import type { DeviceSession } from "../heartbeat/device-session.ts";
import type { DeviceIdentity, HeartbeatEvent } from "../heartbeat/events.ts";
import type { ExchangeEvent } from "../heartbeat/exchange-events.ts";
import { Exchanges } from "../heartbeat/exchange.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import type { Hop } from "../path/hop.ts";
import { type PathHop, preparePath } from "../path/path-hop.ts";
import { type Answer, VirtualFlow } from "./virtual-flow.ts";
import { VirtualDevice } from "./virtual-device.ts";

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

/** What a virtual world is made of. */
export interface WorldOptions {
  /** Device side first. */
  readonly hops: readonly Hop[];
  readonly clientAccess: ClientAccess;
  /** In the order of their instants; may be endless. */
  readonly mail: Iterable<WorldMail>;
  readonly observer: WorldObserver;
}

/** What a virtual world tells while it runs. */
export interface WorldObserver {
  asked(device: string, exchange: AskedExchange): void;
  concluded(device: string, exchange: DeviceExchange): void;
  heartbeat(event: HeartbeatEvent): void;
  flow(event: FlowEvent): void;
}

/**
 * Devices, a path and a Client Access server in virtual time: the machines that run live, joined without sockets.
 * Nothing takes time but what a machine waits for and what a condition withholds.
 */
export class World {
  readonly scheduler = new VirtualScheduler();
  readonly observer: WorldObserver;
  readonly #hops: readonly PathHop[];
  readonly #clientAccess: Driver<ClientAccessEvent, ClientAccessEffect>;
  readonly #exchanges: Driver<ExchangeEvent, HeartbeatEvent>;
  readonly #requests = new Map<number, VirtualFlow>();
  readonly #devices: VirtualDevice[] = [];
  #flowCount = 0;
  #requestCount = 0;

  constructor({ hops, clientAccess, mail, observer }: WorldOptions) {
    this.observer = observer;
    this.#hops = preparePath(hops);
    this.#clientAccess = new Driver(clientAccess, this.scheduler, (effect) => this.#performServer(effect));
    this.#exchanges = new Driver(new Exchanges(), this.scheduler, (event) => observer.heartbeat(event));
    this.#expectMail(mail[Symbol.iterator]());
  }
}
