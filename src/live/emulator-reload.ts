import { StartError, UsageError } from "../errors.ts";
import { formatAddress, overlaps } from "./address.ts";
import { checkProfile, type EmulatedListener } from "./emulated-listener.ts";
import type { EmulatorCore } from "./emulator-core.ts";
import { checkNames, type EmulatorPlan, type ListenerPlan, samePlace, type StoppableKind } from "./emulator-plan.ts";
import { listenTogether } from "./listen-together.ts";
import { checkSeed } from "./run-scenario.ts";

/**
 * Reads the plan again and puts it in force, all of it or nothing. Whatever can fail is done first: reading, making
 * what flows are made of, taking addresses. Then a listener whose place is the same goes on with its flows, one that is
 * new or has another place begins, and one that is gone accepts nothing more. One that is gone leaves its address to
 * the one that the plan has there now, under another name or of another type. Listeners that were added while it ran are
 * no business of the plan's.
 */
export class Reload {
  readonly #core: EmulatorCore;
  readonly #staying: {
    readonly listener: EmulatedListener;
    readonly plan: ListenerPlan;
    readonly kind: StoppableKind;
  }[] = [];
  readonly #coming: EmulatedListener[] = [];
  readonly #leaving: EmulatedListener[] = [];

  constructor(core: EmulatorCore) {
    this.#core = core;
  }

  /**
   * Gives the settings that need a restart.
   * @throws EmulatorError whatever the plan's reader finds, E_LISTENER_EXISTS, or why an address can't be had
   */
  async run(): Promise<readonly string[]> {
    const { options } = this.#core;
    try {
      const plan = (await options.read?.()) ?? this.#core.plan;
      this.#sort(plan);
      await this.#takeAddresses();
      await this.#apply(plan);
    } catch (error) {
      this.#core.reloadFault = error;
      options.reloaded?.(error, []);
      throw error;
    }
    const { needRestart = [] } = this.#core.plan;
    this.#core.reloadFault = undefined;
    options.reloaded?.(undefined, needRestart);
    const rest = needRestart.length === 0 ? "" : `; what needs a restart: ${needRestart.join(", ")}`;
    this.#core.note("reload", `the configuration was read again${rest}`);
    return needRestart;
  }

  #sort(plan: EmulatorPlan): void {
    checkSeed(plan.seed);
    checkNames(plan);
    const planned = new Set(this.#core.plan.listeners.map(({ name }) => name));
    for (const next of plan.listeners) this.#place(next, planned.has(next.name));
    const names = new Set(plan.listeners.map(({ name }) => name));
    for (const [name, listener] of this.#core.listeners) {
      if (planned.has(name) && !names.has(name)) this.#leaving.push(listener);
    }
  }

  #place(plan: ListenerPlan, isPlanned: boolean): void {
    const listener = this.#core.listeners.get(plan.name);
    if (listener !== undefined && !isPlanned) {
      const found = `found the listener ${JSON.stringify(plan.name)}`;
      throw new UsageError("E_LISTENER_EXISTS", `${found}, a name that was given to another one while it runs`);
    }
    if (listener !== undefined && samePlace(listener.plan, plan)) {
      checkProfile(plan.type, plan.profile);
      this.#staying.push({ listener, plan, kind: plan.makeKind(this.#core.options.scheduler) });
      return;
    }
    if (listener !== undefined) this.#leaving.push(listener);
    this.#coming.push(this.#core.makeListener(plan));
  }

  async #takeAddresses(): Promise<void> {
    const waking = this.#staying.filter(({ listener, plan }) => plan.enabled && !listener.enabled);
    const coming = this.#coming.filter((listener) => listener.plan.enabled && this.#heldFor(listener) === undefined);
    await listenTogether([...waking.map(({ listener }) => listener), ...coming], (error, listener) =>
      this.#explained(error, listener),
    );
  }

  /** An address that can't be had may be held by a listener of our own, which nobody is to stop as another process. */
  #explained(error: unknown, { name, plan: { listen } }: EmulatedListener): unknown {
    if (!(error instanceof StartError && error.code === "E_PORT_TAKEN")) return error;
    const holders = [...this.#core.listeners.values()].filter((each) => each.enabled);
    const holder = holders.find(({ address }) => overlaps(address, listen));
    if (holder === undefined) return error;
    const found = `listener ${name}: found ${formatAddress(listen)} taken by idlewall's own listener ${holder.name}`;
    const expected = this.#leaving.includes(holder)
      ? `two steps: take listener ${name} out of the configuration and reload, then put it in as it is to be`
      : "an address of its own";
    const message = `${found} (${formatAddress(holder.address)}), expected ${expected}`;
    return new StartError("E_PORT_TAKEN", message, { cause: error });
  }

  async #apply(plan: EmulatorPlan): Promise<void> {
    if (plan.seed !== this.#core.plan.seed) this.#core.reseed(plan.seed);
    this.#core.plan = plan;
    for (const { listener, plan: next, kind } of this.#staying) {
      listener.become(next, kind, plan.applyTo);
      listener.open();
    }
    for (const listener of this.#coming) {
      const held = this.#heldFor(listener);
      if (held !== undefined) listener.takeOver(held);
    }
    for (const listener of this.#leaving) this.#core.retire(listener);
    for (const listener of this.#coming) this.#core.add(listener);
    const idle = this.#staying.filter(({ plan: next }) => !next.enabled);
    await Promise.all(idle.map(({ listener }) => listener.disable()));
  }

  /** The listener that leaves the address that another one comes to. */
  #heldFor({ plan }: EmulatedListener): EmulatedListener | undefined {
    const { host, port } = plan.listen;
    return this.#leaving.find(({ enabled, address }) => {
      return plan.enabled && enabled && address.host === host && address.port === port;
    });
  }
}
