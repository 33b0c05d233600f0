import { EmulatorError } from "../errors.ts";
import type { DeviceExchange } from "../heartbeat/device-events.ts";
import { type Device, startDevice } from "../live/device.ts";
import type { DeviceOptions } from "../live/device-options.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

/** A device of a rig, with what it concluded from each of its heartbeats. */
export class RigDevice implements AsyncDisposable {
  readonly device: Device;
  readonly #conclusions: DeviceExchange[] = [];
  readonly #waiting = new Set<() => void>();

  constructor(options: DeviceOptions) {
    this.device = startDevice({
      ...options,
      onConcluded: (record, identity) => {
        this.#conclusions.push(record);
        options.onConcluded?.(record, identity);
        for (const look of this.#waiting) look();
      },
    });
  }

  /** What the device made of each heartbeat that has ended, oldest first. */
  get conclusions(): readonly DeviceExchange[] {
    return this.#conclusions;
  }

  /**
   * Waits until the device has drawn so many conclusions, and gives all of them.
   * @param timeoutMs in real ms; default 30 s
   * @throws EmulatorError E_TIMEOUT with those that it has drawn
   */
  concluded(count: number, timeoutMs: number = DEFAULT_TIMEOUT_MS): Promise<readonly DeviceExchange[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(this.#tooFew(count, timeoutMs));
      }, timeoutMs);
      const look = (): void => {
        if (this.#conclusions.length < count) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve([...this.#conclusions]);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Ends the device for good. */
  stop(): Promise<void> {
    return this.device.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  #tooFew(count: number, timeoutMs: number): EmulatorError {
    const drawn = this.#conclusions.map(({ conclusion }) => `\n  ${conclusion}`).join("");
    const message = `expected ${count} conclusions of the device within ${timeoutMs} ms, found ${this.#conclusions.length}`;
    return new EmulatorError("E_TIMEOUT", drawn === "" ? message : `${message}:${drawn}`);
  }
}
