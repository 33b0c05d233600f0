import type { LogEntry } from "../activesync/log-entry.ts";
import { ObservedDevice } from "./observed-device.ts";

/** Devices that are followed at most; some 700 bytes each (measured, Node 20.20). */
export const MOST_DEVICES = 50_000;

/** Kinds of device that are told apart at most. */
const MOST_TYPES = 1000;

/**
 * The devices of logs, in bounded memory. When there are too many, every second one is forgotten and seen no more, by a
 * number that hangs on the device alone: what is left is a fair sample of all, of which each stands for `each` devices.
 */
export class ObservedDevices {
  readonly #devices = new Map<number, ObservedDevice>();
  readonly #types = new Map<string, string>();
  readonly #most: number;
  #each = 1;

  constructor(most = MOST_DEVICES) {
    this.#most = most;
  }

  /** How many devices each one that is left stands for: a power of two. */
  get each(): number {
    return this.#each;
  }

  values(): readonly ObservedDevice[] {
    return [...this.#devices.values()];
  }

  add(entry: LogEntry): void {
    const known = this.#devices.get(entry.device);
    if (known !== undefined) return known.add(entry);
    if (entry.device % this.#each !== 0) return;
    const device = new ObservedDevice(this.#kept(entry.deviceType), entry.at);
    device.add(entry);
    this.#devices.set(entry.device, device);
    while (this.#devices.size > this.#most) this.#halve();
  }

  #halve(): void {
    this.#each *= 2;
    for (const key of this.#devices.keys()) if (key % this.#each !== 0) this.#devices.delete(key);
  }

  /** One printable copy of each text, for devices choose it: a part of a line would keep the whole piece of the file in memory that it was cut from. */
  #kept(type: string): string {
    const known = this.#types.get(type);
    if (known !== undefined) return known;
    if (this.#types.size >= MOST_TYPES) return "";
    const copy = Array.from(type.slice(0, 64), (letter) => (/[ -~]/u.test(letter) ? letter : "?")).join("");
    this.#types.set(copy, copy);
    return copy;
  }
}
