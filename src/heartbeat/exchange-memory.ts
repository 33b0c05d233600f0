import type { PingRequest } from "../activesync/ping.ts";
import type { SyncRequest } from "../activesync/sync.ts";
import type { DecodeFailure, DeviceIdentity, WaitingCommand } from "./events.ts";
import type { RequestedEvent } from "./exchange-events.ts";
import type { GivenAnswer } from "./exchange-hearing.ts";
import { RecentMap } from "./recent-map.ts";

/** What a request asks for, once what the server remembers is filled in. */
export interface Asked {
  /** The server may hold the request open. */
  readonly waits: boolean;
  /** `undefined` when neither the request nor the memory tells. */
  readonly heartbeatIntervalSeconds: number | undefined;
  /** What stands in the memory from now on: what the request put there, or what it repeats. */
  readonly stored: Stored | undefined;
  /** What stood there before. */
  readonly before: Stored | undefined;
}

/** One stored request; without an interval it is a Sync that does not wait. */
export interface Stored {
  readonly heartbeatIntervalSeconds: number | undefined;
  /** Whether the request told it in minutes, as `Wait` of a Sync does; the limits of Status 14 are of the same unit. */
  readonly inMinutes: boolean;
}

/** What is remembered of one device, longest unseen forgotten first. */
export interface Remembered {
  Ping: Stored | undefined;
  Sync: Stored | undefined;
  /** The answer that it was given last, until it waits anew. */
  given: GivenAnswer | undefined;
}

/**
 * One word for a device and its user, whose case says nothing, at a listener, so that no two of these share one: the server
 * behind another listener may be another. It is joined, not concatenated: V8 would keep the parts of that, and with them
 * the request lines that they were cut from.
 */
export function deviceKey(
  { deviceId, user }: Pick<DeviceIdentity, "deviceId" | "user">,
  listener: string | undefined,
): string {
  const name = user.toLowerCase();
  return [deviceId.length, deviceId, name.length, name, listener].join(":");
}

/**
 * Remembers, per device and command, the interval that the server remembers (MS-ASCMD, "Ping" and "Sync": elements
 * left out keep their last value, an empty body repeats the stored request).
 * Where the server's memory can't be known, because the proxy saw no request or could not read the last one, nothing is
 * remembered: a Ping waits all the same, and an empty or partial Sync is taken to wait, for that is what they are for.
 */
export class DeviceMemory {
  readonly #devices: RecentMap<string, Remembered>;
  #forgottenCount = 0;

  /** Remembers at most `capacity` devices, each listener's apart, longest unseen forgotten first. */
  constructor(capacity = 100_000) {
    this.#devices = new RecentMap(capacity);
  }

  /** Devices remembered. */
  get size(): number {
    return this.#devices.size;
  }

  /** Devices forgotten so far, because others were seen later. */
  get forgottenCount(): number {
    return this.#forgottenCount;
  }

  /** What is remembered of a device. */
  of(key: string): Remembered | undefined {
    return this.#devices.get(key);
  }

  /** Fills in what a Ping or Sync leaves out, and stores what it brings. */
  ask(key: string, request: RequestedEvent & { readonly command: WaitingCommand }): Asked {
    const remembered = this.#devices.get(key) ?? { Ping: undefined, Sync: undefined, given: undefined };
    if (this.#devices.set(key, remembered) !== undefined) this.#forgottenCount += 1;
    const before = remembered[request.command];
    const { waits, next } =
      request.command === "Ping" ? readPing(request.body, before) : readSync(request.body, before);
    remembered[request.command] = next;
    return { waits, heartbeatIntervalSeconds: next?.heartbeatIntervalSeconds, stored: next, before };
  }

  /** Takes back what a refused request stored, unless a later request has stored something else. */
  undo(key: string, command: WaitingCommand, { stored, before }: Asked): void {
    const remembered = this.#devices.get(key);
    if (stored !== undefined && remembered?.[command] === stored) remembered[command] = before;
  }

  /** Forgets one command's interval: the server says that it has none. */
  forget(key: string, command: WaitingCommand): void {
    const remembered = this.#devices.get(key);
    if (remembered !== undefined) remembered[command] = undefined;
  }
}

interface Reading {
  readonly waits: boolean;
  /** What the memory holds from now on. */
  readonly next: Stored | undefined;
}

function readPing(body: PingRequest | DecodeFailure, before: Stored | undefined): Reading {
  if (typeof body === "string") return { waits: true, next: undefined };
  const { heartbeatIntervalSeconds } = body;
  if (heartbeatIntervalSeconds === undefined) return { waits: true, next: before };
  return { waits: true, next: { heartbeatIntervalSeconds, inMinutes: false } };
}

/** A Sync that can't be read is not counted as waiting: most that are too large to read carry the device's changes. */
function readSync(body: SyncRequest | DecodeFailure, before: Stored | undefined): Reading {
  if (typeof body === "string") return { waits: false, next: undefined };
  const idle = !(body.collections ?? []).some((collection) => collection.commandCount > 0);
  const interval = syncInterval(body);
  if (interval !== undefined) return { waits: idle, next: interval };
  if (body.collections !== undefined && body.partial !== true) return { waits: false, next: NO_WAIT };
  const storedWaits = before === undefined || before.heartbeatIntervalSeconds !== undefined;
  return { waits: idle && storedWaits, next: before };
}

const NO_WAIT: Stored = { heartbeatIntervalSeconds: undefined, inMinutes: false };

function syncInterval({ heartbeatIntervalSeconds, waitMinutes }: SyncRequest): Stored | undefined {
  if (heartbeatIntervalSeconds !== undefined) return { heartbeatIntervalSeconds, inMinutes: false };
  return waitMinutes === undefined ? undefined : { heartbeatIntervalSeconds: waitMinutes * 60, inMinutes: true };
}
