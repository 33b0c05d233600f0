import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import { UsageError } from "../errors.ts";
import { DeviceMemory } from "../heartbeat/exchange-memory.ts";
import type { Tracker } from "../heartbeat/tracker.ts";
import type { TrackerEvent } from "../heartbeat/tracker-events.ts";
import { EmulatedListener, type ListenerSurroundings } from "./emulated-listener.ts";
import type { Enforcer } from "./enforcement/enforcer.ts";
import { type ChangeAuthor, EmulatorEvents } from "./emulator-events.ts";
import { FlowBook, type FlowView } from "./emulator-flows.ts";
import { checkNames, type EmulatorPlan, type ListenerPlan, nameTaken } from "./emulator-plan.ts";
import { Tracking, type TrackingSettings } from "./emulator-tracking.ts";
import { addBytes, type FlowBytes } from "./flow-handler.ts";
import type { LiveFlow } from "./live-flow.ts";
import { listenTogether } from "./listen-together.ts";
import type { ProxyObserver } from "./proxy.ts";
import { RunScenario } from "./run-scenario.ts";

/** Who looks on at every listener, and at what is found in what devices do; each is called at once and must not throw. */
export interface EmulatorObserver extends ProxyObserver {
  found?(event: TrackerEvent): void;
}

/** What an emulator is made of. */
export interface EmulatorOptions {
  /** Of the program. */
  readonly version: string;
  readonly scheduler: Scheduler;
  /** Emulated seconds in one real second; must be the scheduler's. */
  readonly timeScale: number;
  readonly plan: EmulatorPlan;
  /** Lets the kernel help to make flows silent; it outlives the emulator. */
  readonly enforcer?: Enforcer | undefined;
  readonly observers?: readonly EmulatorObserver[];
  /** How much of devices and networks is followed. */
  readonly tracking?: TrackingSettings;
  /** How long flows of a listener that a reload takes away may go on, in real ms; default 30 s. */
  readonly drainMs?: Millis;
  /** Reads the plan again; default: it stays as it was. */
  read?(): Promise<EmulatorPlan>;
  /** Hears of every attempt to reload, with its fault when it changed nothing, or what takes effect at the next start. */
  reloaded?(fault: unknown, needRestart: readonly string[]): void;
}

/** The state of an emulator: listeners and what they share. Changes that take time wait for one another. */
export class EmulatorCore {
  readonly options: EmulatorOptions;
  readonly events = new EmulatorEvents();
  readonly flowBook = new FlowBook();
  readonly scenario: RunScenario;
  /** By name, in order of creation. */
  readonly listeners = new Map<string, EmulatedListener>();
  /** What configuration and command line said last. */
  plan: EmulatorPlan;
  /** Why the last reload changed nothing, if it did not. */
  reloadFault: unknown;
  /** What devices asked last, at each listener. */
  readonly memory: DeviceMemory;
  readonly #tracking: Tracking;
  /** What was found in the event that is told now. */
  readonly #found: TrackerEvent[] = [];
  readonly #surroundings: ListenerSurroundings;
  /** Listeners that a reload took away and whose flows have not ended yet. */
  readonly #leaving = new Set<EmulatedListener>();
  #pastBytes: FlowBytes = { fromDevice: 0, toDevice: 0, fromServer: 0, toServer: 0 };
  #flowCount = 0;
  #exchangeCount = 0;
  #lastChange: Promise<unknown> = Promise.resolve();
  #stopping: Promise<void> | undefined;
  /** Whether nothing may begin any more. */
  #ending = false;

  constructor(options: EmulatorOptions) {
    const { scheduler, timeScale, plan, enforcer, tracking = {} } = options;
    this.options = options;
    this.#tracking = new Tracking(tracking, scheduler, (event) => this.#tellFound(event));
    this.plan = plan;
    this.scenario = new RunScenario(plan.seed);
    this.memory = new DeviceMemory(tracking.devices);
    this.#surroundings = {
      scheduler,
      timeScale,
      enforcer,
      memory: this.memory,
      scenario: this.scenario,
      nextFlowId: () => (this.#flowCount += 1),
      nextExchangeId: () => (this.#exchangeCount += 1),
      observersOf: (listener) => [this.#observe(listener), ...(options.observers ?? []), this.#last],
    };
  }

  /** Emulated ms since the start. */
  get now(): Millis {
    return this.options.scheduler.now();
  }

  get tracker(): Tracker {
    return this.#tracking.tracker;
  }

  /** Every listener of which something is left. */
  get all(): readonly EmulatedListener[] {
    return [...this.listeners.values(), ...this.#leaving];
  }

  /** Bytes on the wires of all flows so far. */
  get bytes(): FlowBytes {
    return this.all.reduce((sum, { bytes }) => addBytes(sum, bytes), this.#pastBytes);
  }

  /** A flow and its listener. */
  flow(id: number): { readonly flow: LiveFlow; readonly listener: EmulatedListener } | undefined {
    for (const listener of this.all) {
      const flow = listener.flow(id);
      if (flow !== undefined) return { flow, listener };
    }
    return undefined;
  }

  /** Shows a flow as it stands. */
  view(flow: LiveFlow, listener: EmulatedListener): FlowView {
    const leaving = this.#leaving.has(listener);
    return this.flowBook.view(flow, { listener: listener.name, leaving }, this.now);
  }

  /**
   * Runs a change after those that wait already.
   * @throws UsageError E_USAGE it drains, or was stopped, meanwhile
   */
  alone<Result>(change: () => Promise<Result>): Promise<Result> {
    return this.#inTurn(() => {
      if (this.#ending) throw new UsageError("E_USAGE", "found an emulator that is ending, expected one that runs");
      return change();
    });
  }

  /** Remembers a change and tells it. */
  note(by: ChangeAuthor, what: string, listener?: string): void {
    const change = { at: this.now, by, what, ...(listener !== undefined && { listener }) };
    this.events.tell({ kind: "change", change });
  }

  /** Makes a listener that does not listen yet. */
  makeListener(plan: ListenerPlan): EmulatedListener {
    return new EmulatedListener(plan, this.#surroundings);
  }

  /**
   * Takes the addresses of all listeners, then serves; when one can't be had, all are given back.
   * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
   * @throws UsageError E_LISTENER_EXISTS
   */
  async start(): Promise<void> {
    checkNames(this.plan);
    const listeners = this.plan.listeners.map((plan) => this.makeListener(plan));
    await listenTogether(listeners.filter(({ plan }) => plan.enabled));
    for (const listener of listeners) this.add(listener);
  }

  /** Takes a listener in, and lets it serve if it listens. */
  add(listener: EmulatedListener): void {
    this.listeners.set(listener.name, listener);
    listener.open();
  }

  /** @throws UsageError E_LISTENER_EXISTS */
  checkName(name: string): void {
    if (this.listeners.has(name)) throw nameTaken(name);
  }

  /** Ends a listener's flows and takes it out. */
  async remove(listener: EmulatedListener): Promise<void> {
    this.listeners.delete(listener.name);
    await listener.disable();
    this.#forget(listener);
  }

  /** Takes a listener out; it accepts nothing more, and what is there ends in its time. */
  retire(listener: EmulatedListener): void {
    const { drainMs = DRAIN_MS } = this.options;
    if (this.listeners.get(listener.name) === listener) this.listeners.delete(listener.name);
    this.#leaving.add(listener);
    void listener
      .drain(drainMs)
      .then(() => listener.stop())
      .then(() => this.#forget(listener));
  }

  reseed(seed: number): void {
    this.scenario.seed = seed;
    for (const listener of this.all) listener.reseed();
  }

  review(): void {
    for (const listener of this.all) listener.review();
  }

  /** Accepts nothing more; resolves when no request waits any more or `patienceMs` (real) have passed. */
  async drain(patienceMs: Millis): Promise<void> {
    this.#ending = true;
    await Promise.all(this.all.map((listener) => listener.drain(patienceMs)));
  }

  /** Ends every flow at once and frees the ports, for good; calling it again waits for the same end. */
  async stop(): Promise<void> {
    this.#ending = true;
    this.#stopping ??= this.#inTurn(async () => {
      await Promise.all(this.all.map((listener) => listener.stop()));
      this.#tracking.stop();
    });
    await this.#stopping;
  }

  #inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined);
    return result;
  }

  #forget(listener: EmulatedListener): void {
    this.#leaving.delete(listener);
    this.#pastBytes = addBytes(this.#pastBytes, listener.bytes);
  }

  /** Hears of each event behind everybody else: what was found in it is told last. */
  readonly #last: ProxyObserver = {
    heartbeat: () => {
      for (const event of this.#found.splice(0)) this.#tellFound(event);
    },
  };

  #tellFound(event: TrackerEvent): void {
    this.events.tell({ kind: "found", event });
    for (const observer of this.options.observers ?? []) observer.found?.(event);
  }

  #observe(listener: string): ProxyObserver {
    return {
      heartbeat: (event) => {
        this.#found.push(...this.#tracking.observe(event));
        this.flowBook.observeHeartbeat(event);
        this.events.tell({ kind: "heartbeat", event, listener });
      },
      flow: (event) => {
        this.flowBook.observeFlow(event);
        this.events.tell({ kind: "flow", event });
      },
    };
  }
}

/** How long flows of a listener that was taken away may go on by default, in real ms. */
const DRAIN_MS = 30_000;
