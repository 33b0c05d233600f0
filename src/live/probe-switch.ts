import type { Millis } from "../core/machine.ts";
import type { Endings } from "../path/condition.ts";
import type { EndCause } from "../path/path-effect.ts";
import type { DeviceLeg } from "./device-leg.ts";
import type { FlowTuple } from "./enforcement/flow-tuple.ts";
import { type FlowBytes, flowBytes, type FlowHandler, type FlowWatcher } from "./flow-handler.ts";
import { HeadTimeout } from "./head-timeout.ts";
import type { ProbeDesk } from "./probe-desk.ts";
import { PROBE_PATH } from "./probe-path.ts";
import { ProbeFlow } from "./probe-flow.ts";
import { isProbing } from "./probe-request.ts";

/** What a listener that answers probes makes its flows of. */
export interface ProbeSwitchOptions {
  readonly desk: ProbeDesk;
  readonly watcher: FlowWatcher;
  /** How long a connection may say nothing, in real ms, before it is anyone's; whose it is then gives it as long again. */
  readonly headersTimeoutMs: Millis;
  /** Makes what stands above every other flow. */
  makeOther(): FlowHandler;
}

/**
 * Stands above a leg until its first bytes tell whose it is: a prober's, or a device's, whose handler is only made then,
 * or when the flow ends before. A listener that answers no probes has none of this.
 */
export class ProbeSwitch implements FlowHandler {
  readonly #options: ProbeSwitchOptions;
  readonly #silence: HeadTimeout;
  #device: DeviceLeg | undefined;
  #handler: FlowHandler | undefined;
  #secured = false;
  #early = Buffer.alloc(0);
  tellConnected: ((server: FlowTuple | undefined) => void) | undefined;

  constructor(options: ProbeSwitchOptions) {
    this.#options = options;
    this.#silence = new HeadTimeout(options.headersTimeoutMs, this);
    this.#silence.start();
  }

  attach(device: DeviceLeg): void {
    this.#device = device;
  }

  get busy(): boolean {
    return this.#handler?.busy === true;
  }

  get bytes(): FlowBytes {
    return this.#handler?.bytes ?? flowBytes(this.#device?.wireBytes, undefined);
  }

  headTooSlow(): void {
    this.#other();
  }

  secured(): void {
    this.#secured = true;
    this.#handler?.secured();
  }

  data(bytes: Uint8Array): void {
    if (this.#handler !== undefined) return this.#handler.data(bytes);
    this.#early = Buffer.concat([this.#early, bytes]);
    const probing = isBelow(this.#early);
    if (probing === undefined) return;
    if (probing) this.#flush(this.#become(new ProbeFlow(this.#options)));
    else this.#other();
  }

  /** The handler of a flow that is no prober's; what came before goes to it. */
  #other(): FlowHandler {
    if (this.#handler !== undefined) return this.#handler;
    const handler = this.#become(this.#options.makeOther());
    this.#flush(handler);
    return handler;
  }

  #become(handler: FlowHandler): FlowHandler {
    this.#silence.stop();
    this.#handler = handler;
    if (this.tellConnected !== undefined) handler.tellConnected = this.tellConnected;
    if (this.#device !== undefined) handler.attach(this.#device);
    if (this.#secured) handler.secured();
    return handler;
  }

  #flush(handler: FlowHandler): void {
    const early = this.#early;
    this.#early = Buffer.alloc(0);
    if (early.length > 0) handler.data(early);
  }

  abort(): void {
    this.#other().abort();
  }

  tlsFailed(reason: string): void {
    this.#other().tlsFailed(reason);
  }

  /** Only what was written can drain: without a handler that was TLS's handshake, which is nobody's. */
  drained(): void {
    this.#handler?.drained();
  }

  finToServer(): void {
    this.#other().finToServer();
  }

  rstToServer(): void {
    this.#other().rstToServer();
  }

  pathEnded(hop: string, condition: EndCause, endings: Endings): void {
    this.#other().pathEnded(hop, condition, endings);
  }

  /** What the path does to a handshake is told as every handler tells it, and decides for none. */
  answersHeld(hop: string | undefined): void {
    if (this.#handler === undefined) this.#options.watcher.answersHeld(hop);
    else this.#handler.answersHeld(hop);
  }

  answersMissed(): void {
    if (this.#handler === undefined) this.#options.watcher.answersMissed();
    else this.#handler.answersMissed();
  }

  swallowed(): void {
    if (this.#handler === undefined) this.#options.watcher.settled();
    else this.#handler.swallowed();
  }

  respond(status: number): void {
    this.#other().respond(status);
  }

  deviceGone(): void {
    this.#other().deviceGone();
  }
}

/** Whether a prober's path ends where it should: at its end, or with what is below it or asked of it. */
function isBelow(bytes: Buffer): boolean | undefined {
  const probing = isProbing(bytes);
  if (probing !== true) return probing;
  const behind = bytes[bytes.indexOf(" ") + 1 + PROBE_PATH.length];
  return behind === undefined ? undefined : BEHIND.has(behind);
}

const BEHIND: ReadonlySet<number> = new Set(Buffer.from(" /?"));
