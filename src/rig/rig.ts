import type { Awaited, WaitSettings } from "../control/api/awaited.ts";
import type { ApiEvent } from "../control/api/event-schemas.ts";
import type { Reach } from "../control/api/types.ts";
import { UsageError } from "../errors.ts";
import { DEVICE_MODELS, deviceModel } from "../heartbeat/negotiators/models.ts";
import type { ClientAccessServer } from "../live/client-access.ts";
import type { DeviceServer } from "../live/device-server.ts";
import type { DeviceOptions } from "../live/device-options.ts";
import type { Emulator } from "../live/emulator.ts";
import type { ListenerControl } from "../live/emulator-listener-control.ts";
import { loadProfile } from "../live/profile-files.ts";
import type { RealScheduler } from "../live/real-scheduler.ts";
import type { HopKind, Profile } from "../path/hop.ts";
import { anyOf, quoted } from "../profile/words.ts";
import type { WrittenCondition } from "../profile/writer.ts";
import { added, changed, removed } from "./edits.ts";
import type { Happenings } from "./happenings.ts";
import { RigDevice } from "./rig-device.ts";

/** Where a condition is to be. */
export interface ConditionPlace extends Reach {
  /** What a hop that is made is; default `network`. */
  readonly kind?: HopKind;
  /** Among the conditions of its hop, from 0; default behind them all. */
  readonly position?: number;
}

/** What a device of a rig can have otherwise. */
export interface RigDeviceOptions extends Partial<Omit<DeviceOptions, "server" | "model" | "scheduler" | "timeScale">> {
  /** Name of its model; default `windows-mobile`. */
  readonly model?: string;
}

/** What a rig is made of, once it runs. */
export interface RigParts {
  readonly emulator: Emulator;
  readonly listener: ListenerControl;
  readonly happenings: Happenings;
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

  /**
   * Puts a profile in force: a shipped one by its name, one of a file, or a value.
   * @throws EmulatorError as `loadProfile`
   */
  setProfile(profile: string | Profile, { flows = "new" }: Reach = {}): void {
    this.#parts.listener.setProfile(typeof profile === "string" ? loadProfile(profile) : profile, flows);
  }

  /**
   * Adds a condition, as a profile writes it, to a hop; one that is not there is made. Gives the condition's id.
   * @throws UsageError E_PROFILE_INVALID every fault
   */
  addCondition(hop: string, condition: WrittenCondition, { flows = "new", ...place }: ConditionPlace = {}): string {
    const { profile, id } = added(this.profile, hop, condition, place);
    this.#parts.listener.setProfile(profile, flows);
    return id;
  }

  /**
   * Changes settings of a condition, as a profile writes them; `null` takes one away.
   * @throws UsageError E_PROFILE_INVALID every fault, or E_USAGE no condition has that id
   */
  changeCondition(id: string, settings: Readonly<Record<string, unknown>>, { flows = "new" }: Reach = {}): void {
    this.#parts.listener.setProfile(changed(this.profile, id, settings), flows);
  }

  /** @throws UsageError E_USAGE no condition has that id */
  removeCondition(id: string, { flows = "new" }: Reach = {}): void {
    this.#parts.listener.setProfile(removed(this.profile, id), flows);
  }

  /**
   * Starts a device; it ends with the rig.
   * @throws UsageError E_MODEL_UNKNOWN, or E_USAGE for what can't be sent
   */
  startDevice({ model: name = "windows-mobile", ...options }: RigDeviceOptions = {}): RigDevice {
    const model = deviceModel(name);
    if (model === undefined) {
      const names = DEVICE_MODELS.map((each) => each.name);
      throw new UsageError("E_MODEL_UNKNOWN", `found the model ${quoted(name)}, expected ${anyOf(names)}`);
    }
    const { scheduler, deviceServer: server } = this.#parts;
    const number = this.#devices.length + 1;
    const identity = { deviceId: `device${number}`, user: `user${number}`, deviceType: model.deviceType };
    const { timeScale } = scheduler;
    const own = { identity, password: "secret", minimumPatienceMs: 0, ...options };
    const device = new RigDevice({ ...own, server, model, scheduler, timeScale });
    this.#devices.push(device);
    return device;
  }

  /**
   * Waits for an event: a kind, or what a function says yes to.
   * @throws EmulatorError E_TIMEOUT with what was seen instead
   */
  waitFor(awaited: Awaited, settings: WaitSettings = {}): Promise<ApiEvent> {
    return this.#parts.happenings.waitFor(awaited, settings);
  }

  /** Ends devices, path and server. */
  async stop(): Promise<void> {
    const { happenings, emulator, server, scheduler } = this.#parts;
    await Promise.all(this.#devices.map((device) => device.stop()));
    happenings.close();
    await emulator.stop();
    await server?.stop();
    scheduler.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
