import type { PingRequest, PingResponse } from "../activesync/ping.ts";
import type { SyncRequest, SyncRequestCollection, SyncResponse } from "../activesync/sync.ts";
import type { Machine, Millis } from "../core/machine.ts";
import type { Timer } from "../core/scheduler.ts";
import { TimerQueue } from "../core/timer-queue.ts";
import { checkPing, type KeptPing } from "./ping-check.ts";
import { RecentMap } from "./recent-map.ts";
import { checkSync, type KeptSync, type WholeSync } from "./sync-check.ts";
import type { WaitingLimits } from "./waiting-limits.ts";

/*
 * A request is answered at once or parked; a parked one leaves by one of four ways:
 *   its interval is over           Ping Status 1, Sync an empty answer
 *   a folder it watches changed    Ping Status 2 with the folders, Sync with the items
 *   a newer one of its device came Ping Status 3, Sync Status 16
 *   its connection is gone         no answer
 * No device has more than one parked request.
 */

/** Whose request it is; the server keeps what it remembers by user and device. */
export interface Owner {
  readonly user: string;
  readonly deviceId: string;
}

/** What happens to requests that can wait. Ids are the caller's and unique while their request is open. */
export type ParkingEvent =
  | { readonly kind: "ping"; readonly id: number; readonly owner: Owner; readonly body: PingRequest }
  | { readonly kind: "sync"; readonly id: number; readonly owner: Owner; readonly body: SyncRequest }
  /** An item came into a folder. */
  | { readonly kind: "changed"; readonly user: string; readonly folderId: string }
  /** The connection of a request is gone. */
  | { readonly kind: "closed"; readonly id: number };

/** How requests that can wait are answered. */
export type ParkingEffect =
  | { readonly kind: "answerPing"; readonly id: number; readonly body: PingResponse }
  /** Without a body nothing changed. */
  | { readonly kind: "answerSync"; readonly id: number; readonly body: SyncResponse | undefined }
  /** The Sync has something to do or to bring: the caller does it and answers; with `waitLimit` also Status 14. */
  | {
      readonly kind: "runSync";
      readonly id: number;
      readonly owner: Owner;
      readonly body: WholeSync;
      readonly waitLimit: number | undefined;
    };

/** What parking must know of mailboxes. */
export interface MailboxView {
  /** Whether mailboxes have that folder. */
  knows(folderId: string): boolean;
  /** Whether a folder holds items that the device has not been sent. */
  hasNews(owner: Owner, folderId: string): boolean;
  /** Whether a Sync of this collection has something to bring or to say, so that it cannot wait. */
  hasAnswer(owner: Owner, collection: SyncRequestCollection): boolean;
}

/** How much parking takes. */
export interface ParkingSettings extends WaitingLimits {
  /** Of how many devices it remembers requests; the one heard of longest ago is forgotten first. */
  readonly maxDevices: number;
}

/** The Client Access side of waiting: holds requests until something changes or their interval is over. */
export class Parking implements Machine<ParkingEvent, ParkingEffect> {
  readonly #settings: ParkingSettings;
  readonly #view: MailboxView;
  readonly #keptPings: RecentMap<string, KeptPing>;
  readonly #keptSyncs: RecentMap<string, KeptSync>;
  readonly #byId = new Map<number, Parked>();
  readonly #byOwner = new Map<string, Parked>();
  readonly #byUser = new Map<string, Set<Parked>>();
  readonly #timers = new TimerQueue();
  #elapsed: Parked[] = [];

  constructor(settings: ParkingSettings, view: MailboxView) {
    this.#settings = settings;
    this.#view = view;
    this.#keptPings = new RecentMap(settings.maxDevices);
    this.#keptSyncs = new RecentMap(settings.maxDevices);
  }

  /** How many requests are held. */
  get size(): number {
    return this.#byId.size;
  }

  handle(event: ParkingEvent, now: Millis): readonly ParkingEffect[] {
    switch (event.kind) {
      case "ping":
        return [...this.#replace(event.owner), ...this.#ping(event.id, event.owner, event.body, now)];
      case "sync":
        return this.#sync(event.id, event.owner, event.body, now);
      case "changed":
        return this.#changed(event.user, event.folderId);
      case "closed": {
        const parked = this.#byId.get(event.id);
        if (parked !== undefined) this.#unpark(parked);
        return [];
      }
    }
  }

  nextDeadline(): Millis | undefined {
    return this.#timers.nextAt();
  }

  expire(now: Millis): readonly ParkingEffect[] {
    for (let due = this.#timers.takeDue(now); due !== undefined; due = this.#timers.takeDue(now)) due.task();
    const elapsed = this.#elapsed;
    this.#elapsed = [];
    return elapsed.map((parked) => this.#held(parked));
  }

  /** What it goes on from, as a text, instants counted from now, names of owners and requests left out. */
  fingerprint(now: Millis): string {
    const parked = [...this.#byId.values()].map(({ folderIds, sync, timer }) => [folderIds, sync, timer.at - now]);
    return JSON.stringify([parked, [...this.#keptPings.values()], [...this.#keptSyncs.values()]]);
  }

  /** The values of a Ping are kept once they are in order, also when it is answered at once. */
  #ping(id: number, owner: Owner, body: PingRequest, now: Millis): readonly ParkingEffect[] {
    const key = keyOf(owner);
    const check = checkPing(body, this.#keptPings.get(key), this.#settings, (folderId) => this.#view.knows(folderId));
    if (check.kind === "refused") return [{ kind: "answerPing", id, body: check.answer }];
    this.#keptPings.set(key, check.ping);
    const folderIds = check.ping.folders.map((folder) => folder.id);
    const changed = folderIds.filter((folderId) => this.#view.hasNews(owner, folderId));
    if (changed.length > 0) return [{ kind: "answerPing", id, body: { status: 2, folders: changed } }];
    this.#park({ id, owner, folderIds, sync: undefined }, check.ping.heartbeatIntervalSeconds, now);
    return [];
  }

  /** A Sync that does not ask to wait leaves a parked request alone: devices fetch mail at any time. */
  #sync(id: number, owner: Owner, request: SyncRequest, now: Millis): readonly ParkingEffect[] {
    const key = keyOf(owner);
    const check = checkSync(request, this.#keptSyncs.get(key), this.#settings);
    if (check.kind === "refused") return [{ kind: "answerSync", id, body: check.answer }];
    const { body, waitSeconds, waitLimit } = check;
    const replaced = waitSeconds > 0 ? this.#replace(owner) : [];
    const answers = body.collections.some((collection) => this.#view.hasAnswer(owner, collection));
    this.#keptSyncs.set(key, { body, repeatable: !answers && waitLimit === undefined });
    if (answers || waitLimit !== undefined) return [...replaced, { kind: "runSync", id, owner, body, waitLimit }];
    if (waitSeconds === 0) return [{ kind: "answerSync", id, body: undefined }];
    const folderIds = body.collections.filter(bringsChanges).map((collection) => collection.collectionId);
    this.#park({ id, owner, folderIds, sync: body }, waitSeconds, now);
    return replaced;
  }

  #changed(user: string, folderId: string): readonly ParkingEffect[] {
    const watching = [...(this.#byUser.get(user) ?? [])].filter((parked) => parked.folderIds.includes(folderId));
    return watching.map((parked) => {
      this.#unpark(parked);
      const { id, owner, sync } = parked;
      if (sync === undefined) return { kind: "answerPing", id, body: { status: 2, folders: [folderId] } };
      this.#keptSyncs.set(keyOf(owner), { body: sync, repeatable: false });
      return { kind: "runSync", id, owner, body: sync, waitLimit: undefined };
    });
  }

  #held({ id, sync }: Parked): ParkingEffect {
    return sync === undefined
      ? { kind: "answerPing", id, body: { status: 1 } }
      : { kind: "answerSync", id, body: undefined };
  }

  /**
   * Ends the device's parked request, because a newer one is here (Exchange logs `PingCollisionDetected`). Status 3 is
   * that of the sample log line of a Ping collision, Status 16 the Sync's nearest word [inference for both]; 1 or 2
   * would tell the device something untrue.
   */
  #replace(owner: Owner): readonly ParkingEffect[] {
    const older = this.#byOwner.get(keyOf(owner));
    if (older === undefined) return [];
    this.#unpark(older);
    return older.sync === undefined
      ? [{ kind: "answerPing", id: older.id, body: { status: 3 } }]
      : [{ kind: "answerSync", id: older.id, body: { status: 16, collections: [] } }];
  }

  #park(request: ParkedRequest, seconds: number, now: Millis): void {
    const timer = this.#timers.add(now + seconds * 1000, () => {
      this.#unpark(parked);
      this.#elapsed.push(parked);
    });
    const { user } = request.owner;
    const ofUser = this.#byUser.get(user) ?? new Set();
    const parked: Parked = { ...request, timer, ofUser };
    this.#byId.set(request.id, parked);
    this.#byOwner.set(keyOf(request.owner), parked);
    this.#byUser.set(user, ofUser.add(parked));
  }

  #unpark(parked: Parked): void {
    parked.timer.cancel();
    this.#byId.delete(parked.id);
    this.#byOwner.delete(keyOf(parked.owner));
    parked.ofUser.delete(parked);
    if (parked.ofUser.size === 0) this.#byUser.delete(parked.owner.user);
  }
}

/** Names an owner in a map; no user or device id holds the separator. */
function keyOf({ user, deviceId }: Owner): string {
  return `${user}\n${deviceId}`;
}

interface ParkedRequest {
  readonly id: number;
  readonly owner: Owner;
  readonly folderIds: readonly string[];
  /** The Sync to run on a change, `undefined` for a Ping. */
  readonly sync: WholeSync | undefined;
}

interface Parked extends ParkedRequest {
  readonly timer: Timer;
  /** All that its user has parked. */
  readonly ofUser: Set<Parked>;
}

function bringsChanges(collection: SyncRequestCollection): boolean {
  return collection.getChanges !== false;
}
