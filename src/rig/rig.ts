import type { Awaited } from "../control/api/awaited.ts";
import type { ApiEvent, EventKind } from "../control/api/event-schemas.ts";
import type { ConditionChange, Reach } from "../control/api/types.ts";
import type { EventOf, WaitSettings } from "../control/api/wait-settings.ts";
import { UsageError } from "../errors.ts";
import { DEVICE_MODELS, deviceModel, type DeviceModel, type ModelName } from "../heartbeat/negotiators/models.ts";
import type { ClientAccessServer } from "../live/client-access.ts";
import type { DeviceServer } from "../live/device-server.ts";
import type { DeviceOptions } from "../live/device-options.ts";
import type { Emulator } from "../live/emulator.ts";
import type { ListenerControl } from "../live/emulator-listener-control.ts";
import type { RealScheduler } from "../live/real-scheduler.ts";
import type { HopKind, Profile } from "../path/hop.ts";
import { anyOf, quoted } from "../profile/words.ts";
import type { WrittenCondition, WrittenProfile } from "../profile/writer.ts";
import { added, changed, removed } from "./edits.ts";
import type { Happenings } from "./happenings.ts";
import { checkOptions, type Sorts } from "./option-check.ts";
import { chosenProfile } from "./profile-from.ts";
import { RigDevice } from "./rig-device.ts";
import type { FailedServer, ServerFailures } from "./server-failures.ts";

/** Where a condition is to be. */
export interface ConditionPlace extends Reach {
  /** What a hop that is made is; default `network`. */
  readonly kind?: HopKind;
  /** Among the conditions of its hop, from 0; default behind them all. */
  readonly position?: number;
}

/**
 * What a device of a rig can have otherwise. The first one is `device1` of the user `user1`, the next `device2` of
 * `user2`, and so on; they sign in with the password `secret`.
 */
export interface RigDeviceOptions extends Partial<Omit<DeviceOptions, "server" | "model" | "scheduler" | "timeScale">> {
  /** Default `windows-mobile`. */
  readonly model?: ModelName;
}

/** @internal */
export interface RigParts {
  readonly emulator: Emulator;
  readonly listener: ListenerControl;
  readonly happenings: Happenings;
  readonly failures: ServerFailures;
  readonly scheduler: RealScheduler;
  readonly server: ClientAccessServer | undefined;
  readonly deviceServer: DeviceServer;
  readonly authority: string;
}

/** A path between devices and a server, in this process, for tests. */
export class Rig implements AsyncDisposable {
  /** The emulator itself, with its listeners, flows and devices. */
  readonly emulator: Emulator;
  /** The Client Access server of the rig's own; `undefined` where there is another target. */
  readonly server: ClientAccessServer | undefined;
  /** What devices connect to. */
  readonly url: string;
  /** PEM of the authority that devices must trust. */
  readonly authority: string;
  readonly #parts: RigParts;
  readonly #devices: RigDevice[] = [];
  #stopping: Promise<void> | undefined;

  /** @internal */
  constructor(parts: RigParts) {
    this.#parts = parts;
    this.emulator = parts.emulator;
    this.server = parts.server;
    this.authority = parts.authority;
    this.url = `https://127.0.0.1:${parts.listener.address.port}`;
  }

  /** The profile in force. */
  get profile(): Profile {
    return this.#parts.listener.profile;
  }

  /** What has happened so far, as the API's events. */
  get events(): readonly ApiEvent[] {
    return this.#parts.happenings.events;
  }

  /** Flows that died at the server, or could not get there, oldest first; the last 1,000. */
  get serverFailures(): readonly FailedServer[] {
    return this.#parts.failures.all;
  }

  /**
   * Puts a profile in force: a shipped one by its name, one of a file, or a value.
   * @throws EmulatorError as `loadProfile` and `profileFrom`
   */
  setProfile(profile: string | WrittenProfile | Profile, reach: Reach = {}): void {
    this.#put(chosenProfile(profile), reach);
  }

  /**
   * Adds a condition, as a profile writes it, to a hop; one that is not there is made. Gives the condition's id.
   * @throws UsageError E_PROFILE_INVALID every fault
   */
  addCondition(hop: string, condition: WrittenCondition, { flows, ...place }: ConditionPlace = {}): string {
    const { profile, id } = added(this.profile, hop, condition, place);
    this.#put(profile, flows === undefined ? {} : { flows });
    return id;
  }

  /**
   * Changes settings of a condition, as a profile writes them; `null` takes one away.
   * @throws UsageError E_PROFILE_INVALID every fault, or E_USAGE no condition has that id
   */
  changeCondition(id: string, settings: ConditionChange, reach: Reach = {}): void {
    this.#put(changed(this.profile, id, settings), reach);
  }

  /** @throws UsageError E_USAGE no condition has that id */
  removeCondition(id: string, reach: Reach = {}): void {
    this.#put(removed(this.profile, id), reach);
  }

  /**
   * Starts a device; it ends with the rig.
   * @throws UsageError E_MODEL_UNKNOWN, or E_USAGE for what can't be sent or settings that the model can't use
   */
  startDevice(given: RigDeviceOptions = {}): RigDevice {
    this.#checkRunning();
    checkOptions(given, DEVICE_OPTIONS);
    const {
      model: name = "windows-mobile",
      identity: own,
      password = "secret",
      minimumPatienceMs = 0,
      ...more
    } = given;
    const model = modelNamed(name);
    const { scheduler, deviceServer: server } = this.#parts;
    const number = this.#devices.length + 1;
    const identity = own ?? { deviceId: `device${number}`, user: `user${number}`, deviceType: model.deviceType };
    const { timeScale } = scheduler;
    const device = new RigDevice({
      ...more,
      identity,
      password,
      minimumPatienceMs,
      server,
      model,
      scheduler,
      timeScale,
    });
    this.#devices.push(device);
    return device;
  }

  /**
   * Waits for an event: one of a kind, or what a function says yes to.
   * @throws EmulatorError E_TIMEOUT with what was seen instead
   * @throws UsageError E_USAGE the time is none, or the kind
   */
  waitFor<Kind extends EventKind>(kind: Kind, settings?: WaitSettings): Promise<EventOf<Kind>>;
  waitFor<Event extends ApiEvent>(is: (event: ApiEvent) => event is Event, settings?: WaitSettings): Promise<Event>;
  waitFor(is: (event: ApiEvent) => boolean, settings?: WaitSettings): Promise<ApiEvent>;
  waitFor(awaited: Awaited, settings: WaitSettings = {}): Promise<ApiEvent> {
    return this.#parts.happenings.waitFor(awaited, settings);
  }

  /** Ends devices, path and server, for good; calling it again waits for the same end. */
  async stop(): Promise<void> {
    this.#stopping ??= this.#stopNow();
    await this.#stopping;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #stopNow(): Promise<void> {
    const { happenings, emulator, server, scheduler } = this.#parts;
    await Promise.all(this.#devices.map((device) => device.stop()));
    happenings.close();
    await emulator.stop();
    await server?.stop();
    scheduler.stop();
  }

  #put(profile: Profile, { flows = "new" }: Reach): void {
    this.#checkRunning();
    if (!["new", "all"].includes(flows))
      throw new UsageError("E_USAGE", `found flows ${quoted(flows)}, expected ${anyOf(["new", "all"])}`);
    this.#parts.listener.setProfile(profile, flows);
  }

  #checkRunning(): void {
    if (this.#stopping === undefined) return;
    throw new UsageError("E_USAGE", "found a rig that was stopped, expected one that runs");
  }
}

const DEVICE_OPTIONS: Sorts<RigDeviceOptions> = {
  model: ["a string"],
  identity: ["an object"],
  password: ["a string"],
  settings: ["an object"],
  minimumPatienceMs: ["a number"],
  queryForm: ["a string"],
  resumption: ["a boolean"],
  userAgent: ["a string"],
  startAfterMs: ["a number"],
  onAsked: ["a function"],
  onConcluded: ["a function"],
  onPaused: ["a function"],
  onRequest: ["a function"],
  onEnded: ["a function"],
};

function modelNamed(name: string): DeviceModel {
  const model = deviceModel(name);
  if (model !== undefined) return model;
  const names = DEVICE_MODELS.map((each) => each.name);
  throw new UsageError("E_MODEL_UNKNOWN", `found the model ${quoted(name)}, expected ${anyOf(names)}`);
}
