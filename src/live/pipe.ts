import type { Scheduler } from "../core/scheduler.ts";
import type { Millis } from "../core/machine.ts";
import type { Endings } from "../path/condition.ts";
import type { EndCause } from "../path/path-effect.ts";
import type { DeviceLeg } from "./device-leg.ts";
import { type FlowBytes, flowBytes, type FlowHandler, type FlowWatcher } from "./flow-handler.ts";
import { HoleTimer } from "./hole-timer.ts";
import { type ServerFailure, ServerLeg, type ServerLegEvents } from "./server-leg.ts";
import type { Target } from "./target.ts";

/** What a pipe needs besides its device's leg; the same for all pipes of a listener. */
export interface PipeOptions {
  readonly target: Target;
  readonly scheduler: Scheduler;
  /** How long a silenced flow is kept at most, in emulated ms. */
  readonly holeLifetimeMs: Millis;
}

/**
 * One device connection joined to one server connection, whatever they say to each other. The server is called at
 * once, since it may be the one who speaks first (IMAP, SMTP). Each side's FIN passes to the other behind what was
 * said before, and what the other still says goes on passing; a server that can't be reached is an RST to the device.
 */
export class Pipe implements FlowHandler, ServerLegEvents {
  tellConnected: FlowHandler["tellConnected"];
  readonly #options: PipeOptions;
  readonly #watcher: FlowWatcher;
  #device: DeviceLeg | undefined;
  #server: ServerLeg | undefined;
  #serverClosed = true;
  #hole: HoleTimer | undefined;
  #dead = false;
  #finished = false;

  constructor(options: PipeOptions, watcher: FlowWatcher) {
    this.#options = options;
    this.#watcher = watcher;
  }

  /** A hop may refuse the flow at once: then no server is called. */
  attach(device: DeviceLeg): void {
    this.#device = device;
    device.path.settle();
    this.#serverClosed = this.#dead;
    if (this.#dead) return;
    this.#server = new ServerLeg(this.#options.target, this);
  }

  serverData(bytes: Uint8Array): void {
    if (this.#device?.write(bytes) === false) this.#server?.pause();
  }

  serverDrained(): void {
    this.#device?.resume();
  }

  serverConnected(): void {
    if (this.tellConnected !== undefined) this.tellConnected(this.#server?.tuple);
  }

  serverClosed(): void {
    this.#serverClosed = true;
    this.#finishIfGone();
  }

  /** Who knows no protocol can't tell a connection that waits for an answer from one that is idle. */
  get busy(): boolean {
    const path = this.#device?.path;
    return !this.#finished && !this.#dead && (path?.reaches("toDevice") !== false || path.reaches("toServer"));
  }

  get bytes(): FlowBytes {
    return flowBytes(this.#device?.wireBytes, this.#server?.wireBytes);
  }

  abort(): void {
    this.#device?.release();
    this.#server?.reset();
  }

  /** No request is known here whose answer could be held. */
  answersHeld(): void {}
  answersMissed(): void {}

  swallowed(): void {
    this.#watcher.settled();
  }

  secured(): void {
    this.#watcher.secured("device");
  }

  tlsFailed(reason: string): void {
    this.#watcher.tlsFailed(reason);
    this.#server?.reset();
  }

  data(bytes: Uint8Array): void {
    if (this.#server?.write(bytes) === false) this.#device?.pause();
  }

  drained(): void {
    this.#server?.resume();
  }

  finToServer(): void {
    if (this.#dead) this.#server?.fin();
    else this.#server?.end();
  }

  rstToServer(): void {
    this.#server?.reset();
  }

  pathEnded(hop: string, condition: EndCause, endings: Endings): void {
    this.#dead = true;
    this.#watcher.pathEnded(hop, condition, endings);
    this.#limitHole();
    this.#server?.resume();
  }

  /** Only HTTP has such an answer, and configurations of `tcp` listeners that ask for one are refused. */
  respond(): void {
    this.#device?.cut("close");
  }

  /** What the path still holds of the device's last words goes on to the server, its FIN or RST included. */
  deviceGone(): void {
    if (this.#device?.path.holds("toServer") === true) this.#limitHole();
    this.#finishIfGone();
  }

  serverEnded(): void {
    this.#device?.end();
    if (this.#dead) this.#server?.end();
  }

  /** An RST that is found together with data is told as a failure, and leaves our side of the connection open. */
  serverFailed(failure: ServerFailure): void {
    this.#server?.reset();
    if (!this.#dead) this.#watcher.serverFailed(failure, undefined);
    this.#device?.cut("reset");
  }

  #limitHole(): void {
    this.#hole ??= new HoleTimer(this.#options.scheduler, this.#options.holeLifetimeMs, this);
  }

  #finishIfGone(): void {
    if (this.#finished || this.#device?.gone !== true || !this.#serverClosed) return;
    this.#finished = true;
    this.#hole?.stop();
    this.#device.finish();
    this.#watcher.closed(this.bytes);
  }
}
