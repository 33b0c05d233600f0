import { isDeepStrictEqual } from "node:util";
import type { Millis } from "../core/machine.ts";
import type { Scheduler } from "../core/scheduler.ts";
import type { DeviceMemory } from "../heartbeat/exchange-memory.ts";
import type { Endings } from "../path/condition.ts";
import type { Profile } from "../path/hop.ts";
import type { Address } from "./address.ts";
import type { Enforcer } from "./enforcement/enforcer.ts";
import type { ListenerPlan, StoppableKind } from "./emulator-plan.ts";
import { addBytes, type FlowBytes } from "./flow-handler.ts";
import type { LiveFlow } from "./live-flow.ts";
import { Proxy, type ProxyObserver } from "./proxy.ts";
import type { RunScenario } from "./run-scenario.ts";
import { checkTcpProfile } from "./tcp-profile.ts";

/** What all listeners of an emulator share. */
export interface ListenerSurroundings {
  readonly scheduler: Scheduler;
  /** Emulated seconds in one real second. */
  readonly timeScale: number;
  /** Lets the kernel help to make flows silent. */
  readonly enforcer: Enforcer | undefined;
  readonly scenario: RunScenario;
  /** What devices asked last. */
  readonly memory: DeviceMemory;
  nextFlowId(): number;
  readonly nextExchangeId: () => number;
  /** Who looks on at a listener. */
  observersOf(listener: string): readonly ProxyObserver[];
}

/** A listener that can be stopped and listen again; while it is disabled its port is free. */
export class EmulatedListener {
  readonly name: string;
  readonly type: "https" | "tcp";
  readonly #surroundings: ListenerSurroundings;
  /** What lets go of what former kinds keep; flows of theirs may still need it. */
  readonly #stops: (() => void)[] = [];
  #plan: ListenerPlan;
  #kind: StoppableKind;
  #profile: Profile;
  #at: Address;
  #proxy: Proxy | undefined;
  #stopping: Promise<void> | undefined;
  #pastBytes: FlowBytes = { fromDevice: 0, toDevice: 0, fromServer: 0, toServer: 0 };

  /** @throws UsageError E_PROFILE_INVALID the profile does not fit the listener */
  constructor(plan: ListenerPlan, surroundings: ListenerSurroundings) {
    checkProfile(plan.type, plan.profile);
    this.name = plan.name;
    this.type = plan.type;
    this.#surroundings = surroundings;
    this.#plan = plan;
    this.#profile = plan.profile;
    this.#at = plan.listen;
    this.#kind = this.#keep(plan.makeKind(surroundings.scheduler));
  }

  get plan(): ListenerPlan {
    return this.#plan;
  }

  /** The address taken, or the one that is taken once it is enabled. */
  get address(): Address {
    return this.#at;
  }

  get enabled(): boolean {
    return this.#proxy !== undefined;
  }

  get profile(): Profile {
    return this.#profile;
  }

  get flowCount(): number {
    return this.#proxy?.flowCount ?? 0;
  }

  get busyCount(): number {
    return this.#proxy?.busyCount ?? 0;
  }

  get bytes(): FlowBytes {
    return this.#proxy === undefined ? this.#pastBytes : addBytes(this.#pastBytes, this.#proxy.bytes);
  }

  flows(): Iterable<LiveFlow> {
    return this.#proxy?.flows() ?? [];
  }

  flow(id: number): LiveFlow | undefined {
    return this.#proxy?.flow(id);
  }

  /**
   * Takes the address; devices wait until `open`.
   * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
   */
  async listen(): Promise<void> {
    this.#proxy ??= await this.#listening(this.#at);
    this.#at = { host: this.#at.host, port: this.#proxy.port };
  }

  /** Takes over the address of a listener that leaves; the flows that it has stay there until they end. */
  takeOver(leaving: EmulatedListener): void {
    if (leaving.#proxy === undefined) return;
    this.#proxy = this.#makeProxy(leaving.address);
    this.#proxy.takeOver(leaving.#proxy);
    this.#at = leaving.address;
  }

  open(): void {
    this.#proxy?.open();
  }

  /** @throws UsageError E_PROFILE_INVALID the profile does not fit the listener */
  setProfile(profile: Profile, flows: "new" | "all"): void {
    checkProfile(this.type, profile);
    this.#profile = profile;
    this.#proxy?.setProfile(profile, flows);
  }

  reseed(): void {
    this.#proxy?.reseed();
  }

  renew(): void {
    this.#proxy?.renew();
  }

  review(): void {
    this.#proxy?.review();
  }

  /** Goes on as another plan for the same place: new flows are made as it says, those that are there live on. */
  become(plan: ListenerPlan, kind: StoppableKind, flows: "new" | "all"): void {
    this.#plan = plan;
    this.#kind = this.#keep(kind);
    this.#proxy?.use(kind);
    if (!isDeepStrictEqual(plan.profile, this.#profile)) this.setProfile(plan.profile, flows);
  }

  /** Ends its flows, and makes new ones as a plan for the same place says. */
  restart(plan: ListenerPlan): void {
    this.#endFlows();
    for (const { handler } of this.flows()) handler.abort();
    this.become(plan, this.#kindOf(plan), "new");
  }

  /**
   * Goes to another address, enabled or not as the plan says, and ends its flows; stays as it is when that can't be had.
   * An address of the same port may contain the one that is held, which is given up first then.
   * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
   */
  async move(plan: ListenerPlan): Promise<void> {
    const before = { at: this.#at, enabled: this.enabled };
    const elsewhere = before.enabled && plan.listen.port !== before.at.port;
    const there = plan.enabled && elsewhere ? await this.#listening(plan.listen) : undefined;
    await this.disable();
    this.#at = plan.listen;
    this.#proxy = there;
    try {
      if (plan.enabled) await this.listen();
      this.become(plan, this.#kindOf(plan), "new");
    } catch (error) {
      this.#at = before.at;
      if (before.enabled) await this.listen();
      throw error;
    } finally {
      this.open();
    }
  }

  /** Accepts nothing more; resolves when no request waits any more or `patienceMs` (real) have passed. */
  async drain(patienceMs: Millis): Promise<void> {
    await this.#proxy?.drain(patienceMs);
  }

  /** Ends its flows as a hop named `operator` would, with an RST, and frees the port. */
  async disable(): Promise<void> {
    this.#endFlows();
    await this.stop();
  }

  /** Ends every flow at once and frees the port. */
  async stop(): Promise<void> {
    const proxy = this.#proxy;
    if (proxy === undefined) return;
    this.#stopping ??= this.#stopNow(proxy);
    await this.#stopping;
  }

  async #stopNow(proxy: Proxy): Promise<void> {
    await proxy.stop();
    this.#pastBytes = addBytes(this.#pastBytes, proxy.bytes);
    this.#proxy = undefined;
    this.#stopping = undefined;
    for (const stop of this.#stops.splice(0)) stop();
    this.#keep(this.#kind);
  }

  #endFlows(): void {
    for (const { leg } of this.flows()) leg.path.endFromOutside(OPERATOR, RESET);
  }

  async #listening(at: Address): Promise<Proxy> {
    const proxy = this.#makeProxy(at);
    await proxy.listen();
    return proxy;
  }

  #makeProxy(at: Address): Proxy {
    const { name } = this;
    const observers = this.#surroundings.observersOf(name);
    return new Proxy({ ...this.#surroundings, ...at, name, profile: this.#profile, observers }, this.#kind);
  }

  #kindOf(plan: ListenerPlan): StoppableKind {
    return plan.makeKind(this.#surroundings.scheduler);
  }

  #keep(kind: StoppableKind): StoppableKind {
    if (kind.stop !== undefined) this.#stops.push(() => kind.stop?.());
    return kind;
  }
}

/** The hop that ends what a person or a program ends from outside. */
export const OPERATOR = "operator";

const RESET: Endings = { toDevice: "reset", toServer: "reset" };

/**
 * Checks that a profile fits a listener.
 * @throws UsageError E_PROFILE_INVALID
 */
export function checkProfile(type: "https" | "tcp", profile: Profile): void {
  if (type === "tcp") checkTcpProfile(profile);
}
