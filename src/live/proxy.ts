import { Driver } from "../core/driver.ts";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { HeartbeatEvent } from "../heartbeat/events.ts";
import type { ExchangeEvent } from "../heartbeat/exchange-events.ts";
import { Exchanges } from "../heartbeat/exchange.ts";
import type { HttpFault } from "../http/message.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import type { Profile } from "../path/hop.ts";
import type { Enforcer } from "./enforcement/enforcer.ts";
import type { FlowBytes, FlowHandler, FlowWatcher } from "./flow-handler.ts";
import { Front, type LegKind } from "./front.ts";
import { HOLE_LINGER_MS } from "./linger.ts";
import { Relay } from "./relay.ts";
import type { ServerFailure } from "./server-leg.ts";
import { Tap, type TapSink } from "./tap.ts";
import type { Target } from "./target.ts";
import { createTermination, type TerminationOptions } from "./tls-termination.ts";

/** What a proxy tells while it runs; each is called at once and must not throw. */
export interface ProxyObserver {
  heartbeat?(event: HeartbeatEvent): void;
  flow?(event: FlowEvent): void;
  /** A request was refused because of its framing, its size or its slowness. */
  refused?(flowId: number, fault: HttpFault): void;
  /** A TLS handshake is done. */
  secured?(flowId: number, leg: "device" | "server"): void;
  /** A TLS handshake with a device failed, or once that was done (`secured`) its records broke. */
  tlsFailed?(flowId: number, reason: string, secured: boolean): void;
  serverFailed?(flowId: number, failure: ServerFailure): void;
  /** A device could not be accepted, for want of file handles for instance. */
  acceptFailed?(error: Error): void;
}

/** What a proxy is made of. */
export interface ProxyOptions extends TerminationOptions {
  /** Name of the listener, in events and metrics; default `https`. */
  readonly name?: string;
  /** Address to listen on; every address of this machine when absent. */
  readonly host?: string | undefined;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly target: Target;
  readonly profile: Profile;
  readonly scheduler: Scheduler;
  /** Emulated seconds in one real second; must be the scheduler's; default 1. */
  readonly timeScale?: number;
  readonly observers?: readonly ProxyObserver[];
  /** Default `auto`. */
  readonly legKind?: LegKind;
  /** How long a request's head may take, in real ms; default 60 s. */
  readonly headersTimeoutMs?: Millis;
  /** How long a device that ended its side of a silenced flow is still shown nothing, in real ms; default 65 s. */
  readonly holeLingerMs?: Millis;
  /** How long a silenced flow is kept at most, in emulated ms; default 2 h. */
  readonly holeLifetimeMs?: Millis;
  /** Lets the kernel help to make flows silent: `startKernelEnforcer` makes one; it outlives the proxy. */
  readonly enforcer?: Enforcer;
  /** Makes what stands above a device's leg; default: the relay. */
  makeHandler?(watcher: FlowWatcher): FlowHandler;
}

/** How long a request's head may take by default, in real ms: as Node's own HTTP server. */
const HEADERS_TIMEOUT_MS = 60_000;

/** How long a silenced flow is kept at most by default, in emulated ms: past any heartbeat (3540 s) and its late answer. */
const HOLE_LIFETIME_MS = 2 * 60 * 60 * 1000;

/**
 * Starts a proxy: TLS in front, the profile's path below it, the Client Access server behind.
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const proxy = new Proxy(options);
  await proxy.listen();
  return proxy;
}

/** A running proxy. */
export class Proxy implements AsyncDisposable {
  readonly host: string | undefined;
  readonly #name: string;
  readonly #scheduler: Scheduler;
  readonly #observers: readonly ProxyObserver[];
  readonly #front: Front;
  readonly #exchanges = new Exchanges();
  readonly #driver: Driver<ExchangeEvent, HeartbeatEvent>;
  readonly #openedAt = new Map<number, Millis>();
  #port = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: ProxyOptions) {
    const { scheduler, profile, timeScale = 1, legKind = "auto", host, port = 0 } = options;
    this.host = host;
    this.#name = options.name ?? "https";
    this.#scheduler = scheduler;
    this.#observers = options.observers ?? [];
    this.#driver = new Driver(this.#exchanges, scheduler, (event) => this.#tellHeartbeat(event));
    this.#front = new Front({
      host,
      port,
      scheduler,
      timeScale,
      legKind,
      profile,
      secureContext: createTermination(options),
      enforcer: options.enforcer,
      holeLingerMs: options.holeLingerMs ?? HOLE_LINGER_MS,
      makeHandler: (flowId, forget) => this.#open(flowId, forget, options),
      acceptFailed: (error) => {
        for (const observer of this.#observers) observer.acceptFailed?.(error);
      },
    });
  }

  /** The port that devices connect to. */
  get port(): number {
    return this.#port;
  }

  /** Flows of which something is left. */
  get flowCount(): number {
    return this.#front.flowCount;
  }

  /** What is kept in memory, for tests that nothing stays behind; devices are remembered up to a limit. */
  get kept(): { readonly flows: number; readonly sockets: number; readonly exchanges: Exchanges["kept"] } {
    return { flows: this.#openedAt.size, sockets: this.#front.socketCount, exchanges: this.#exchanges.kept };
  }

  /** Ping and Sync requests that are parked. */
  get parkedCount(): number {
    return this.#exchanges.open;
  }

  /** Flows on which a request of any kind waits for its answer. */
  get busyCount(): number {
    return this.#front.busyCount;
  }

  /** Bytes on the wires of all flows so far. */
  get bytes(): FlowBytes {
    return this.#front.bytes;
  }

  /** The profile that new flows get; setting it leaves the flows that are there alone. */
  get profile(): Profile {
    return this.#front.profile;
  }

  set profile(profile: Profile) {
    this.#front.profile = profile;
  }

  /** Begins to accept devices; `startProxy` calls it. */
  async listen(): Promise<void> {
    this.#port = await this.#front.listen();
  }

  /** Accepts nothing more, and resolves when no request waits any more or `patienceMs` (real) have passed. */
  async drain(patienceMs: Millis): Promise<void> {
    this.#front.stopAccepting();
    if (this.#front.busyCount === 0) return;
    await new Promise<void>((resolve) => {
      const timeout = setTimeout(resolve, patienceMs);
      this.#onIdle = () => {
        clearTimeout(timeout);
        resolve();
      };
    });
    this.#onIdle = undefined;
  }

  /** Ends every flow at once and frees the port. */
  async stop(): Promise<void> {
    await this.#front.close();
    this.#onIdle?.();
    this.#driver.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #open(flowId: number, forget: () => void, options: ProxyOptions): FlowHandler {
    const at = this.#scheduler.now();
    this.#openedAt.set(flowId, at);
    this.#tellFlow({ kind: "opened", flowId, listener: this.#name, at });
    const watcher = new Tap(flowId, this.#sink(forget));
    const { target, headersTimeoutMs = HEADERS_TIMEOUT_MS, holeLifetimeMs = HOLE_LIFETIME_MS } = options;
    return (
      options.makeHandler?.(watcher) ??
      new Relay({ target, scheduler: this.#scheduler, watcher, headersTimeoutMs, holeLifetimeMs })
    );
  }

  #sink(forget: () => void): TapSink {
    return {
      exchange: (event) => this.#driver.dispatch(event),
      flowEnded: (flowId, hop, condition, endings) => {
        this.#tellFlow({ kind: "ended", flowId, hop, condition, endings, at: this.#scheduler.now() });
      },
      flowClosed: (flowId, bytes) => {
        forget();
        this.#tellClosed(flowId, bytes);
      },
      settled: () => {
        if (this.#onIdle !== undefined && this.#front.busyCount === 0) this.#onIdle();
      },
      refused: (flowId, fault) => {
        for (const observer of this.#observers) observer.refused?.(flowId, fault);
      },
      secured: (flowId, leg) => {
        for (const observer of this.#observers) observer.secured?.(flowId, leg);
      },
      tlsFailed: (flowId, reason, secured) => {
        for (const observer of this.#observers) observer.tlsFailed?.(flowId, reason, secured);
      },
      serverFailed: (flowId, failure) => {
        for (const observer of this.#observers) observer.serverFailed?.(flowId, failure);
      },
    };
  }

  #tellClosed(flowId: number, bytes: FlowBytes): void {
    const at = this.#scheduler.now();
    const durationMs = at - (this.#openedAt.get(flowId) ?? at);
    this.#openedAt.delete(flowId);
    const { fromDevice: toServerBytes, toDevice: toDeviceBytes } = bytes;
    this.#tellFlow({ kind: "closed", flowId, listener: this.#name, toServerBytes, toDeviceBytes, durationMs, at });
  }

  #tellFlow(event: FlowEvent): void {
    for (const observer of this.#observers) observer.flow?.(event);
  }

  #tellHeartbeat(event: HeartbeatEvent): void {
    for (const observer of this.#observers) observer.heartbeat?.(event);
  }
}
