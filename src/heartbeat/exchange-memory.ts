import type { PingRequest } from "../activesync/ping.ts";
import type { SyncRequest } from "../activesync/sync.ts";
import type { DecodeFailure, DeviceIdentity, WaitingCommand } from "./events.ts";
import { RecentMap } from "./recent-map.ts";
import type { RequestedEvent } from "./exchange-events.ts";

/** What a request asks for, once what the server remembers is filled in. */
export interface Asked {
  /** The server may hold the request open. */
  readonly waits: boolean;
  /** `undefined` when neither the request nor the memory tells. */
  readonly heartbeatIntervalSeconds: number | undefined;
  /** What the request put into the memory, if anything, and what stood there before. */
  readonly stored: Stored | undefined;
  readonly before: Stored | undefined;
}

/** One stored request; without an interval it is a Sync that does not wait. */
export interface Stored {
  readonly heartbeatIntervalSeconds: number | undefined;
}

/** One word for a device and its user, so that no two pairs share one. */
export function deviceKey(device: DeviceIdentity): string {
  return `${device.deviceId.length}:${device.deviceId}${device.user}`;
}

/**
 * Remembers, per device and command, the interval that the server remembers (MS-ASCMD, "Ping" and "Sync": elements
 * left out keep their last value, an empty body repeats the stored request).
 * Where the server's memory can't be known, because the proxy saw no request or could not read the last one, nothing is
 * remembered: a Ping waits all the same, and an empty or partial Sync is taken to wait, for that is what they are for.
 */
export class IntervalMemory {
  readonly #devices: RecentMap<string, Commands>;

  constructor(capacity: number) {
    this.#devices = new RecentMap(capacity);
  }

  /** Devices remembered. */
  get size(): number {
    return this.#devices.size;
  }

  /** Fills in what a Ping or Sync leaves out, and stores what it brings. */
  ask(key: string, request: RequestedEvent & { readonly command: WaitingCommand }): Asked {
    const commands = this.#devices.get(key) ?? {};
    const before = commands[request.command];
    const { waits, next } =
      request.command === "Ping" ? readPing(request.body, before) : readSync(request.body, before);
    this.#devices.set(key, { ...commands, [request.command]: next });
    return {
      waits,
      heartbeatIntervalSeconds: next?.heartbeatIntervalSeconds,
      stored: next === before ? undefined : next,
      before,
    };
  }

  /** Takes back what a refused request stored, unless a later request has stored something else. */
  undo(key: string, command: WaitingCommand, asked: Asked): void {
    const commands = this.#devices.get(key);
    if (asked.stored === undefined || commands?.[command] !== asked.stored) return;
    this.#devices.set(key, { ...commands, [command]: asked.before });
  }

  /** Forgets one command's interval: the server says that it has none. */
  forget(key: string, command: WaitingCommand): void {
    const commands = this.#devices.get(key);
    if (commands !== undefined) this.#devices.set(key, { ...commands, [command]: undefined });
  }
}

type Commands = { readonly [Command in WaitingCommand]?: Stored | undefined };

interface Reading {
  readonly waits: boolean;
  /** What the memory holds from now on. */
  readonly next: Stored | undefined;
}

function readPing(body: PingRequest | DecodeFailure, before: Stored | undefined): Reading {
  if (typeof body === "string") return { waits: true, next: undefined };
  const { heartbeatIntervalSeconds } = body;
  return { waits: true, next: heartbeatIntervalSeconds === undefined ? before : { heartbeatIntervalSeconds } };
}

/** A Sync that can't be read is not counted as waiting: most that are too large to read carry the device's changes. */
function readSync(body: SyncRequest | DecodeFailure, before: Stored | undefined): Reading {
  if (typeof body === "string") return { waits: false, next: undefined };
  const idle = !(body.collections ?? []).some((collection) => collection.commandCount > 0);
  const heartbeatIntervalSeconds = syncIntervalSeconds(body);
  if (heartbeatIntervalSeconds !== undefined) return { waits: idle, next: { heartbeatIntervalSeconds } };
  if (body.collections !== undefined && body.partial !== true) {
    return { waits: false, next: { heartbeatIntervalSeconds: undefined } };
  }
  const storedWaits = before === undefined || before.heartbeatIntervalSeconds !== undefined;
  return { waits: idle && storedWaits, next: before };
}

function syncIntervalSeconds(body: SyncRequest): number | undefined {
  if (body.heartbeatIntervalSeconds !== undefined) return body.heartbeatIntervalSeconds;
  return body.waitMinutes === undefined ? undefined : body.waitMinutes * 60;
}
