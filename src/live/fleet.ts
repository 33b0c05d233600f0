import type { Millis } from "../core/machine.ts";
import { Random } from "../core/random.ts";
import { type Device, startDevice } from "./device.ts";
import type { DeviceOptions } from "./device-options.ts";

/** What a fleet is made of: devices that differ in their names, their searches and when they start. */
export interface FleetOptions extends Omit<DeviceOptions, "identity" | "startAfterMs"> {
  /** How many devices. */
  readonly count: number;
  /** Without a number behind it when there is one device only; default `user`. */
  readonly user?: string;
  /** What device ids begin with: letters and digits, which with the number make 32 at most; default `device`. */
  readonly deviceIdPrefix?: string;
  /** The first requests fall at random instants of so many ms; default 0, all at once. */
  readonly spreadMs?: Millis;
  /** Of those instants; default 1. */
  readonly seed?: number;
}

/**
 * Starts devices `device0001` and so on, each with a user of its own.
 * @throws UsageError E_USAGE as `startDevice`
 */
export function startFleet(options: FleetOptions): Fleet {
  return new Fleet(options);
}

/** Running devices. */
export class Fleet implements AsyncDisposable {
  readonly devices: readonly Device[];

  constructor({ count, user = "user", deviceIdPrefix = "device", spreadMs = 0, seed = 1, ...common }: FleetOptions) {
    const random = new Random(seed).fork("fleet");
    const digits = Math.max(4, String(count).length);
    this.devices = Array.from({ length: count }, (_, index) => {
      const suffix = String(index + 1).padStart(digits, "0");
      const identity = {
        deviceId: `${deviceIdPrefix}${suffix}`,
        user: count === 1 ? user : `${user}${suffix}`,
        deviceType: common.model.deviceType,
      };
      return startDevice({ ...common, identity, startAfterMs: Math.floor(random.next() * spreadMs) });
    });
  }

  /** Devices that have a connection, or are making one. */
  get connectedCount(): number {
    return this.devices.filter((device) => device.connected).length;
  }

  /** Ends every device; resolves when all their connections are closed. */
  async stop(): Promise<void> {
    await Promise.all(this.devices.map((device) => device.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
