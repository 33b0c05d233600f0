import type { Millis } from "../core/machine.ts";
import type { AlertView } from "../heartbeat/alert.ts";
import type { NetworkView } from "../heartbeat/networks.ts";
import type { Recommendations } from "../heartbeat/recommendation/types.ts";
import type { TrackerFigures } from "../heartbeat/tracker-events.ts";
import type { PlainEnding } from "../path/condition.ts";
import type { Profile } from "../path/hop.ts";
import { type EmulatedListener, OPERATOR } from "./emulated-listener.ts";
import { EmulatorCore, type EmulatorOptions } from "./emulator-core.ts";
import { type DeviceView, viewDevices } from "./emulator-devices.ts";
import type { Change, ChangeAuthor, EmulatorEvent } from "./emulator-events.ts";
import type { FlowView } from "./emulator-flows.ts";
import { ListenerControl } from "./emulator-listener-control.ts";
import { planTcpListener, type TcpListenerSettings } from "./emulator-plan.ts";
import { recommendFor } from "./emulator-recommendation.ts";
import { Reload } from "./emulator-reload.ts";
import { restore } from "./emulator-reset.ts";
import type { FlowBytes } from "./flow-handler.ts";

/**
 * Starts an emulator with all the listeners of its plan, or none.
 * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
 * @throws UsageError E_PROFILE_INVALID a profile does not fit its listener
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const core = new EmulatorCore(options);
  await core.start();
  return new Emulator(core, "library");
}

/** Several listeners with what is known of their flows and devices, in the hands of one who may change them. */
export class Emulator implements AsyncDisposable {
  readonly #core: EmulatorCore;
  readonly #by: ChangeAuthor;

  /** @internal */
  constructor(core: EmulatorCore, by: ChangeAuthor) {
    this.#core = core;
    this.#by = by;
  }

  /** The same emulator in the hands of another; changes are remembered by who made them. */
  as(by: ChangeAuthor): Emulator {
    return new Emulator(this.#core, by);
  }

  get version(): string {
    return this.#core.options.version;
  }

  /** In order of creation. */
  listeners(): readonly ListenerControl[] {
    return [...this.#core.listeners.values()].map((listener) => this.#control(listener));
  }

  listener(name: string): ListenerControl | undefined {
    const listener = this.#core.listeners.get(name);
    return listener && this.#control(listener);
  }

  /**
   * Begins to listen.
   * @throws StartError E_PORT_TAKEN, E_PORT_FORBIDDEN or E_LISTEN_FAILED
   * @throws UsageError E_LISTENER_EXISTS, E_ADDRESS_INVALID or E_PROFILE_INVALID
   */
  addTcpListener(settings: TcpListenerSettings): Promise<ListenerControl> {
    return this.#core.alone(async () => {
      this.#core.checkName(settings.name);
      const listener = this.#core.makeListener(planTcpListener(settings));
      if (listener.plan.enabled) await listener.listen();
      this.#core.add(listener);
      const control = this.#control(listener);
      this.#core.note(this.#by, `listener ${settings.name} was added, to ${control.target}`, settings.name);
      return control;
    });
  }

  /** Ends a listener's flows with an RST and frees the port; tells whether there was one. */
  removeListener(name: string): Promise<boolean> {
    return this.#core.alone(async () => {
      const listener = this.#core.listeners.get(name);
      if (listener === undefined) return false;
      await this.#core.remove(listener);
      this.#core.note(this.#by, `listener ${name} was removed`, name);
      return true;
    });
  }

  /** Flows of which something is left, over all listeners. */
  flows(): readonly FlowView[] {
    return this.#core.all.flatMap((listener) =>
      Array.from(listener.flows(), (flow) => this.#core.view(flow, listener)),
    );
  }

  flow(id: number): FlowView | undefined {
    const found = this.#core.flow(id);
    return found && this.#core.view(found.flow, found.listener);
  }

  /** Ends a flow as a hop named `operator` would; tells whether there was one that nothing had ended yet. */
  endFlow(id: number, ending: PlainEnding): boolean {
    const found = this.#core.flow(id);
    if (found === undefined || found.flow.leg.path.ended) return false;
    this.#core.note(this.#by, `flow ${id} was ended: ${ending}`, found.listener.name);
    found.flow.leg.path.endFromOutside(OPERATOR, { toDevice: ending, toServer: ending });
    return true;
  }

  /** Every device that has parked a request, longest unseen first. */
  devices(): readonly DeviceView[] {
    const counts = new Map<string, number>();
    for (const { device } of this.#deviceFlows()) {
      if (device !== undefined) counts.set(device, (counts.get(device) ?? 0) + 1);
    }
    return viewDevices(this.#core.tracker, counts);
  }

  /** Ends all flows of a device and tells how many. */
  endDevice(id: string, ending: PlainEnding): number {
    const flows = [...this.#deviceFlows()].filter(({ device }) => device === id);
    return flows.filter(({ flow }) => this.endFlow(flow, ending)).length;
  }

  /** What is known of the path in front of each network, longest unseen first. */
  bounds(): readonly NetworkView[] {
    return this.#core.tracker.networks();
  }

  /** Exchange's alert, of each command. */
  alerts(): readonly AlertView[] {
    return this.#core.tracker.alerts();
  }

  /** Which time-out to set, from what is seen: over all, and for each network and listener. */
  recommendation(): Recommendations {
    return recommendFor(this.#core.listeners.values(), this.#core.tracker);
  }

  /** Figures of what is followed, in a time that does not hang on how much that is. */
  figures(): TrackerFigures & { readonly forgottenIntervals: number } {
    return { ...this.#core.tracker.figures(), forgottenIntervals: this.#core.memory.forgottenCount };
  }

  /** What makes the run reproducible; instants in emulated ms since the start. */
  scenario(): { readonly seed: number; readonly timelineStartedAt: Millis | undefined } {
    const { seed, timeline } = this.#core.scenario;
    return { seed, timelineStartedAt: timeline.startedAt };
  }

  /**
   * New flows draw from it.
   * @throws UsageError E_USAGE it is no whole number from 0 to 2^32 - 1
   */
  setSeed(seed: number): void {
    this.#core.reseed(seed);
    this.#core.note(this.#by, `the seed is ${seed}`);
  }

  startTimeline(): void {
    this.#core.scenario.timeline.start(this.#core.now);
    this.#core.review();
    this.#core.note(this.#by, "the timeline was started");
  }

  stopTimeline(): void {
    this.#core.scenario.timeline.stop();
    this.#core.review();
    this.#core.note(this.#by, "the timeline was stopped");
  }

  /**
   * Back to what configuration and command line said: listeners, profiles, seed, and the timeline started anew.
   * @throws StartError an address can't be had any more; all else is as planned then
   */
  async reset(): Promise<void> {
    await this.#core.alone(() => restore(this.#core));
    this.#core.note(this.#by, "everything was reset");
  }

  /**
   * Reads the configuration again; all of it takes effect, or nothing. Gives the settings that have changed and can't
   * take effect before the next start.
   * @throws EmulatorError what is wrong with it, or why an address can't be had
   */
  reload(): Promise<readonly string[]> {
    return this.#core.alone(() => new Reload(this.#core).run());
  }

  /** Why the last reload changed nothing; `undefined` when it did. */
  get reloadFault(): unknown {
    return this.#core.reloadFault;
  }

  /** Hears of everything from now on, and must not throw; what is given back ends that. */
  subscribe(listener: (event: EmulatorEvent) => void): () => void {
    return this.#core.events.subscribe(listener);
  }

  /** The latest changes, oldest first. */
  changes(): readonly Change[] {
    return this.#core.events.changes;
  }

  /** The profiles in force. */
  profiles(): readonly Profile[] {
    return this.listeners().map(({ profile }) => profile);
  }

  /** Names of the listeners of which something is left: those too that a reload took away and whose flows go on. */
  get listenerNames(): readonly string[] {
    return [...new Set(this.#core.all.map(({ name }) => name))];
  }

  /** Flows on which a request of any kind waits for its answer, and those of which nobody knows. */
  get busyCount(): number {
    return this.#core.all.reduce((sum, { busyCount }) => sum + busyCount, 0);
  }

  /** Bytes on the wires of all flows so far. */
  get bytes(): FlowBytes {
    return this.#core.bytes;
  }

  /** Accepts nothing more; resolves when no request waits any more or `patienceMs` (real) have passed. */
  drain(patienceMs: Millis): Promise<void> {
    return this.#core.drain(patienceMs);
  }

  /** Ends every flow at once and frees the ports, for good; what is asked for later is refused. */
  stop(): Promise<void> {
    return this.#core.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #control(listener: EmulatedListener): ListenerControl {
    return new ListenerControl(this.#core, listener, this.#by);
  }

  *#deviceFlows(): Iterable<{ readonly flow: number; readonly device: string | undefined }> {
    for (const listener of this.#core.all) {
      for (const flow of listener.flows()) yield { flow: flow.id, device: this.#core.flowBook.deviceOf(flow) };
    }
  }
}
