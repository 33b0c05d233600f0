import { Driver } from "../core/driver.ts";
import type { Millis } from "../core/machine.ts";
import type { DeviceSessionEffect, DeviceSessionEvent } from "../heartbeat/device-events.ts";
import type { DeviceSession } from "../heartbeat/device-session.ts";
import type { PathHop } from "../path/path-hop.ts";
import type { Answer, Request } from "./message.ts";
import { type FlowDevice, type FlowUser, type FlowWorld, VirtualFlow } from "./virtual-flow.ts";
import type { WorldObserver } from "./world.ts";

/** What a virtual device needs of its world. */
export interface DeviceWorld extends FlowWorld {
  readonly observer: WorldObserver;
  readonly hops: readonly PathHop[];
  nextFlowId(): number;
}

/** What crosses a device's radio: a request, an answer, or the beginning or the end of a connection. */
export type Crossing =
  | { readonly kind: "request"; readonly request: Request }
  | { readonly kind: "answer"; readonly answer: Answer }
  | { readonly kind: "connection" }
  | { readonly kind: "end" };

/** A device of a virtual world: its session, and the one connection it has at a time. */
export class VirtualDevice {
  readonly #session: DeviceSession;
  readonly #user: FlowUser;
  readonly #world: DeviceWorld;
  readonly #driver: Driver<DeviceSessionEvent, DeviceSessionEffect>;
  #flow: VirtualFlow | undefined;
  /** The number of the request that is out; the session tells answers apart by it. */
  #requestId = 0;

  constructor(session: DeviceSession, user: FlowUser, world: DeviceWorld) {
    this.#session = session;
    this.#user = user;
    this.#world = world;
    this.#driver = new Driver(session, world.scheduler, (effect) => this.#perform(effect));
  }

  /**
   * What it goes on from, as a text, instants counted from now; `undefined` while it has no connection, or when its
   * patience ends at the very instant at which the path or the server does something: which of them is first hangs on the
   * order in which timers were set.
   */
  fingerprint(now: Millis, serverDeadline: Millis | undefined): string | undefined {
    const deadline = this.#session.nextDeadline();
    const flow = this.#flow;
    if (flow === undefined || deadline === serverDeadline || deadline === flow.nextDeadline()) return undefined;
    return this.#session.fingerprint(now) + flow.fingerprint(now);
  }

  start(): void {
    this.#driver.dispatch({ kind: "start" });
  }

  #perform(effect: DeviceSessionEffect): void {
    switch (effect.kind) {
      case "request":
        this.#requestId = effect.id;
        return this.#send(effect.request);
      case "disconnect":
        return this.#disconnect();
      case "asked":
        return this.#world.observer.asked(this.#user.deviceId, effect.asked);
      case "concluded":
        return this.#world.observer.concluded(this.#user.deviceId, effect.record);
      case "paused":
        return undefined;
    }
  }

  #send(request: Request): void {
    this.#tellCrossed({ kind: "request", request });
    if (this.#flow === undefined) this.#connect(request);
    else this.#flow.send(request);
  }

  /** The request goes once the connection is there; what ends before that was never one. */
  #connect(request: Request): void {
    this.#tellCrossed({ kind: "connection" });
    let connected = false;
    const device: FlowDevice = {
      connected: () => {
        connected = true;
        flow.send(request);
      },
      answered: (answer, last) => {
        this.#tellCrossed({ kind: "answer", answer });
        if (last) this.#disconnect();
        this.#driver.dispatch({ kind: "answered", id: this.#requestId, answer });
      },
      ended: (how) => {
        this.#flow = undefined;
        this.#tellCrossed({ kind: "end" });
        this.#driver.dispatch({ kind: "failed", id: this.#requestId, how: connected ? how : "unreachable" });
      },
    };
    const flow = new VirtualFlow(this.#world.nextFlowId(), this.#world.hops, this.#world, this.#user, device);
    this.#flow = flow;
    flow.connect();
  }

  #disconnect(): void {
    const flow = this.#flow;
    if (flow === undefined) return;
    this.#flow = undefined;
    this.#tellCrossed({ kind: "end" });
    flow.leave();
  }

  #tellCrossed(crossing: Crossing): void {
    this.#world.observer.crossed?.(this.#user.deviceId, crossing);
  }
}
