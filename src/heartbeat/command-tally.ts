import type { Millis } from "../core/machine.ts";
import { Alert } from "./alert.ts";
import type { DeviceIdentity, Exchange, WaitingCommand } from "./events.ts";
import type { NegotiationState } from "./followed.ts";
import type { CommandFigures, TrackerEvent } from "./tracker-events.ts";

/** What is counted of one command over all devices, and the events that a count is of. */
export class CommandTally {
  readonly #command: WaitingCommand;
  readonly #alert: Alert;
  readonly #devices: Record<NegotiationState, number> = { searching: 0, settled: 0, collapsed: 0 };
  #refused = 0;
  #unheard = 0;
  #collisions = 0;
  #storms = 0;
  #storming = 0;

  constructor(command: WaitingCommand) {
    this.#command = command;
    this.#alert = new Alert(command);
  }

  get figures(): CommandFigures {
    return {
      devices: { ...this.#devices },
      alert: this.#alert.view,
      refused: this.#refused,
      unheard: this.#unheard,
      collisions: this.#collisions,
      storms: this.#storms,
      storming: this.#storming,
    };
  }

  /** A device is followed from now on. */
  begin(state: NegotiationState): void {
    this.#devices[state] += 1;
  }

  /** A device's negotiation may stand elsewhere than before. */
  move(before: NegotiationState, now: NegotiationState): void {
    this.#devices[before] -= 1;
    this.#devices[now] += 1;
  }

  /** A device is followed no more. */
  forget(state: NegotiationState): void {
    this.#devices[state] -= 1;
  }

  /** An interval was asked, by an exchange of this number. */
  ask(seconds: number, exchange: number, at: Millis): TrackerEvent | undefined {
    const change = this.#alert.ask(seconds, exchange);
    if (change === undefined) return undefined;
    return { kind: change === "raised" ? "alertRaised" : "alertCleared", alert: this.#alert.view, at };
  }

  /** The server refused an exchange at once: it tried no interval. */
  refuse(exchange: number): void {
    this.#refused += 1;
    this.#alert.takeBack(exchange);
  }

  unhear({ id, device, heartbeatIntervalSeconds }: Exchange, silenceSeconds: number, at: Millis): TrackerEvent {
    this.#unheard += 1;
    const found = { device, command: this.#command, at };
    return { kind: "unheard", exchange: id, heartbeatIntervalSeconds, silenceSeconds, ...found };
  }

  collide(device: DeviceIdentity, at: Millis): TrackerEvent {
    this.#collisions += 1;
    return { kind: "collided", device, command: this.#command, at };
  }

  beginStorm(device: DeviceIdentity, at: Millis): TrackerEvent {
    this.#storms += 1;
    this.#storming += 1;
    return { kind: "stormBegan", device, command: this.#command, at };
  }

  endStorm(device: DeviceIdentity, at: Millis): TrackerEvent {
    this.#storming -= 1;
    return { kind: "stormEnded", device, command: this.#command, at };
  }
}
