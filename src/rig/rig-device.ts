import { type Patience, timeoutFrom } from "../control/api/wait-settings.ts";
import { EmulatorError, UsageError } from "../errors.ts";
import type { DeviceExchange } from "../heartbeat/device-events.ts";
import type { DeviceIdentity } from "../heartbeat/events.ts";
import { type Device, startDevice } from "../live/device.ts";
import type { DeviceOptions } from "../live/device-options.ts";
import { counted } from "../profile/words.ts";
import { Waiting } from "./waiting.ts";

/** A device of a rig, with what it concluded from each of its heartbeats. */
export class RigDevice implements AsyncDisposable {
  readonly device: Device;
  readonly #conclusions: DeviceExchange[] = [];
  readonly #waiting = new Waiting<void>();

  constructor(options: DeviceOptions) {
    this.device = startDevice({
      ...options,
      onConcluded: (record, identity) => {
        this.#conclusions.push(record);
        options.onConcluded?.(record, identity);
        this.#waiting.tell();
      },
    });
  }

  /** Its device id, its type, and the user whose mail it waits for. */
  get identity(): DeviceIdentity {
    return this.device.identity;
  }

  /** What the device made of each heartbeat that has ended, oldest first. */
  get conclusions(): readonly DeviceExchange[] {
    return this.#conclusions;
  }

  /**
   * Waits until the device has drawn so many conclusions, and gives all of them.
   * @throws EmulatorError E_TIMEOUT with those that it has drawn, also when it ends before that
   * @throws UsageError E_USAGE the count or the time is none
   */
  async concluded(count: number, settings: Patience = {}): Promise<readonly DeviceExchange[]> {
    const timeoutMs = timeoutFrom(settings);
    if (!(Number.isInteger(count) && count >= 0))
      throw new UsageError("E_USAGE", `found the count ${count}, expected a whole number from 0 on`);
    const look = (): readonly DeviceExchange[] | undefined =>
      this.#conclusions.length < count ? undefined : [...this.#conclusions];
    return look() ?? this.#waiting.wait({ look, timeoutMs, refusal: (when) => this.#tooFew(count, when) });
  }

  /** Ends the device for good. */
  async stop(): Promise<void> {
    await this.device.stop();
    this.#waiting.end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #tooFew(count: number, when: string): EmulatorError {
    const drawn = this.#conclusions.map(({ conclusion }) => `\n  ${conclusion}`).join("");
    const message = `expected ${counted(count, "conclusion")} of the device ${when}, found ${this.#conclusions.length}`;
    return new EmulatorError("E_TIMEOUT", drawn === "" ? message : `${message}:${drawn}`);
  }
}
