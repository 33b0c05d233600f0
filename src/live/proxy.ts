import { Driver } from "../core/driver.ts";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { HeartbeatEvent } from "../heartbeat/events.ts";
import type { DeviceMemory } from "../heartbeat/exchange-memory.ts";
import type { ExchangeEvent } from "../heartbeat/exchange-events.ts";
import { Exchanges } from "../heartbeat/exchange.ts";
import type { HttpFault } from "../http/message.ts";
import type { FlowEvent } from "../path/flow-event.ts";
import type { Profile } from "../path/hop.ts";
import { type CertifiedKey, pemIdentity } from "./certificates.ts";
import type { Enforcer } from "./enforcement/enforcer.ts";
import type { FlowBytes, FlowHandler } from "./flow-handler.ts";
import { Front } from "./front.ts";
import { HOLE_LINGER_MS } from "./linger.ts";
import type { LiveFlow } from "./live-flow.ts";
import { type HttpsOptions, httpsKind, type ListenerKind, tcpKind, type TcpOptions } from "./listener-kinds.ts";
import { RunScenario } from "./run-scenario.ts";
import type { ServerFailure } from "./server-leg.ts";
import { checkTcpProfile } from "./tcp-profile.ts";
import { Tap, type TapSink } from "./tap.ts";
import type { Identity } from "./tls-termination.ts";

/** What a proxy tells while it runs, last of all its name; each is called at once and must not throw. */
export interface ProxyObserver {
  heartbeat?(event: HeartbeatEvent, listener: string): void;
  flow?(event: FlowEvent): void;
  /** A request was refused because of its framing, its size or its slowness. */
  refused?(flowId: number, fault: HttpFault, listener: string): void;
  /** A TLS handshake is done. */
  secured?(flowId: number, leg: "device" | "server"): void;
  /** A TLS handshake with a device failed, or once that was done (`secured`) its records broke. */
  tlsFailed?(flowId: number, reason: string, secured: boolean, listener: string): void;
  serverFailed?(flowId: number, failure: ServerFailure, listener: string): void;
  /** A device could not be accepted, for want of file handles for instance. */
  acceptFailed?(error: Error, listener: string): void;
}

/** What every listener is made of. */
export interface ListenerOptions {
  /** Name of the listener, in events and metrics; default `https` or `tcp`. */
  readonly name?: string;
  /** Address to listen on; every address of this machine when absent. */
  readonly host?: string | undefined;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly profile: Profile;
  readonly scheduler: Scheduler;
  /** Emulated seconds in one real second; must be the scheduler's; default 1. */
  readonly timeScale?: number;
  readonly observers?: readonly ProxyObserver[];
  /** How long a device that ended its side of a silenced flow is still shown nothing, in real ms; default 65 s. */
  readonly holeLingerMs?: Millis;
  /** Lets the kernel help to make flows silent: `startKernelEnforcer` makes one; it outlives the proxy. */
  readonly enforcer?: Enforcer | undefined;
  /**
   * Seed and timeline, for listeners that share a process; default: seed 0, started at 0.
   * @internal
   */
  readonly scenario?: RunScenario;
  /** Gives each flow its id, for listeners that share a process; default: a count from 1. */
  nextFlowId?(): number;
  /** The same for exchanges. */
  readonly nextExchangeId?: () => number;
  /**
   * Remembers what devices asked last, for listeners that share a process; default: 100,000 devices of its own.
   * @internal
   */
  readonly memory?: DeviceMemory | undefined;
}

/** What a proxy is made of. */
export interface ProxyOptions extends ListenerOptions, Omit<HttpsOptions, "identities"> {
  /** As PEM, or as `createLeaf` gives them; one a key type: a client that knows no ECDSA gets the RSA one. */
  readonly identities: readonly (Identity | CertifiedKey)[];
}

/** What a proxy of any TCP is made of. */
export interface TcpProxyOptions extends ListenerOptions, TcpOptions {}

/**
 * Starts a proxy: TLS in front, the profile's path below it, the Client Access server behind.
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const identities = options.identities.map(pemIdentity);
  return started(new Proxy(options, httpsKind({ ...options, identities })));
}

/**
 * Starts a proxy of any TCP: bytes pass as they are, through the profile's path, to one server.
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 * @throws UsageError E_PROFILE_INVALID the profile answers in HTTP, or E_ADDRESS_INVALID for the target
 */
export async function startTcpProxy(options: TcpProxyOptions): Promise<Proxy> {
  checkTcpProfile(options.profile);
  return started(new Proxy({ name: "tcp", ...options }, tcpKind(options)));
}

async function started(proxy: Proxy): Promise<Proxy> {
  await proxy.listen();
  proxy.open();
  return proxy;
}

/** A running proxy. */
export class Proxy implements AsyncDisposable {
  readonly host: string | undefined;
  readonly #name: string;
  readonly #scheduler: Scheduler;
  readonly #observers: readonly ProxyObserver[];
  readonly #front: Front;
  readonly #exchanges: Exchanges;
  readonly #driver: Driver<ExchangeEvent, HeartbeatEvent>;
  readonly #sink: TapSink = this.#makeSink();
  #flowCount = 0;
  #port = 0;
  /** Whoever waits for the last request to have its answer. */
  readonly #onIdle = new Set<() => void>();
  #countingBusy = false;
  #stopping: Promise<void> | undefined;

  /** @internal */
  constructor(options: ListenerOptions, kind: ListenerKind) {
    const { scheduler, profile, timeScale = 1, host, port = 0, name = "https" } = options;
    this.host = host;
    this.#name = name;
    this.#scheduler = scheduler;
    this.#observers = options.observers ?? [];
    this.#exchanges = new Exchanges({
      nextId: options.nextExchangeId,
      memory: options.memory,
      sourceOf: (flowId) => this.#front.flow(flowId)?.source,
      listener: name,
    });
    this.#driver = new Driver(this.#exchanges, scheduler, (event) => this.#tellHeartbeat(event));
    this.#front = new Front({
      host,
      port,
      scheduler,
      timeScale,
      profile,
      name,
      scenario: options.scenario ?? new RunScenario(),
      making: this.#making(kind),
      enforcer: options.enforcer,
      holeLingerMs: options.holeLingerMs ?? HOLE_LINGER_MS,
      nextFlowId: () => options.nextFlowId?.() ?? (this.#flowCount += 1),
      acceptFailed: (error) => {
        for (const observer of this.#observers) observer.acceptFailed?.(error, name);
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

  /**
   * What is kept in memory, for tests that nothing stays behind; devices are remembered up to a limit.
   * @internal
   */
  get kept(): { readonly flows: number; readonly sockets: number; readonly exchanges: Exchanges["kept"] } {
    return { flows: this.#front.flowCount, sockets: this.#front.socketCount, exchanges: this.#exchanges.kept };
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
    this.setProfile(profile, "new");
  }

  /** Puts a profile in force; conditions that stay as they were keep what they know on flows that are there. */
  setProfile(profile: Profile, flows: "new" | "all"): void {
    this.#front.setProfile(profile, flows);
  }

  /**
   * New flows draw from the scenario's seed as it is now.
   * @internal
   */
  reseed(): void {
    this.#front.reseed();
  }

  /**
   * Conditions forget what flows share.
   * @internal
   */
  renew(): void {
    this.#front.renew();
  }

  /**
   * The scenario's timeline has changed.
   * @internal
   */
  review(): void {
    this.#front.review();
  }

  /**
   * Flows of which something is left, oldest first.
   * @internal
   */
  flows(): Iterable<LiveFlow> {
    return this.#front.flows();
  }

  /** @internal */
  flow(id: number): LiveFlow | undefined {
    return this.#front.flow(id);
  }

  /**
   * New flows are made as of this kind, with other certificates or another target for instance.
   * @internal
   */
  use(kind: ListenerKind): void {
    this.#front.making = this.#making(kind);
  }

  /**
   * Takes the address; devices wait until `open`.
   * @internal
   * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
   */
  async listen(): Promise<void> {
    this.#port = await this.#front.listen();
  }

  /**
   * Takes over the address of another proxy, which goes on with the flows that it has.
   * @internal
   */
  takeOver(other: Proxy): void {
    this.#port = this.#front.takeOver(other.#front);
  }

  /**
   * Begins to serve devices.
   * @internal
   */
  open(): void {
    this.#front.open();
  }

  /** Accepts nothing more, and resolves when no request waits any more or `patienceMs` (real) have passed. */
  async drain(patienceMs: Millis): Promise<void> {
    this.#front.stopAccepting();
    if (this.#front.busyCount === 0) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timeout);
        this.#onIdle.delete(end);
        resolve();
      };
      const timeout = setTimeout(end, patienceMs);
      this.#onIdle.add(end);
    });
  }

  /** Ends every flow at once and frees the port; calling it again waits for the same end. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stopNow();
    await this.#stopping;
  }

  async #stopNow(): Promise<void> {
    await this.#front.close();
    this.#endDrains();
    this.#driver.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #making(kind: ListenerKind): Front["making"] {
    return {
      makeLeg: kind.makeLeg,
      http: kind.http,
      makeHandler: (flowId) => this.#makeHandler(kind, flowId),
    };
  }

  #makeHandler(kind: ListenerKind, flowId: number): FlowHandler {
    this.#tellFlow({ kind: "opened", flowId, listener: this.#name, at: this.#scheduler.now() });
    return kind.makeHandler(new Tap(flowId, this.#sink));
  }

  /** One for all flows. */
  #makeSink(): TapSink {
    return {
      exchange: (event) => this.#driver.dispatch(event),
      flowEnded: (flowId, hop, condition, endings) => {
        const [listener, at] = [this.#name, this.#scheduler.now()];
        this.#tellFlow({ kind: "ended", flowId, listener, hop, condition, endings, at });
        this.#tellIdle();
      },
      flowClosed: (flowId, bytes) => {
        const createdAt = this.#front.flow(flowId)?.createdAt;
        this.#front.forget(flowId);
        this.#tellClosed(flowId, createdAt, bytes);
        this.#tellIdle();
      },
      settled: () => this.#tellIdle(),
      refused: (flowId, fault) => {
        for (const observer of this.#observers) observer.refused?.(flowId, fault, this.#name);
      },
      secured: (flowId, leg) => {
        for (const observer of this.#observers) observer.secured?.(flowId, leg);
      },
      tlsFailed: (flowId, reason, secured) => {
        for (const observer of this.#observers) observer.tlsFailed?.(flowId, reason, secured, this.#name);
      },
      serverFailed: (flowId, failure) => {
        for (const observer of this.#observers) observer.serverFailed?.(flowId, failure, this.#name);
      },
    };
  }

  /** Once a turn of the event loop: who is busy is counted over all flows, and thousands may end in one turn. */
  #tellIdle(): void {
    if (this.#onIdle.size === 0 || this.#countingBusy) return;
    this.#countingBusy = true;
    setImmediate(() => {
      this.#countingBusy = false;
      if (this.#front.busyCount === 0) this.#endDrains();
    });
  }

  #endDrains(): void {
    for (const end of this.#onIdle) end();
  }

  #tellClosed(flowId: number, createdAt: Millis | undefined, bytes: FlowBytes): void {
    const at = this.#scheduler.now();
    const durationMs = at - (createdAt ?? at);
    const { fromDevice: toServerBytes, toDevice: toDeviceBytes } = bytes;
    this.#tellFlow({ kind: "closed", flowId, listener: this.#name, toServerBytes, toDeviceBytes, durationMs, at });
  }

  #tellFlow(event: FlowEvent): void {
    for (const observer of this.#observers) observer.flow?.(event);
  }

  #tellHeartbeat(event: HeartbeatEvent): void {
    for (const observer of this.#observers) observer.heartbeat?.(event, this.#name);
  }
}
