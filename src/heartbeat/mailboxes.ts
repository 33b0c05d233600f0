import type { Folder } from "../activesync/folder-sync.ts";
import type { SyncItem, SyncRequestCollection, SyncResponse, SyncResponseCollection } from "../activesync/sync.ts";
import { RecentMap } from "./recent-map.ts";
import type { MailboxView, Owner } from "./parking.ts";
import type { WholeSync } from "./sync-check.ts";

/** How much mailboxes hold; what is over it goes, the oldest first. */
export interface MailboxSettings {
  /** Users with a mailbox. */
  readonly maxMailboxes: number;
  /** Items in one folder; a device that is further behind misses the rest. */
  readonly maxItems: number;
  /** Devices of one user whose sync keys are known; one that was pushed out is answered Status 3 and starts anew. */
  readonly maxDevicesOfUser: number;
}

/** The folders of every mailbox, numbered as Exchange numbers its first ones. */
export const FOLDERS: readonly Folder[] = [
  { serverId: "1", parentId: "0", displayName: "Calendar", type: 8 },
  { serverId: "2", parentId: "0", displayName: "Contacts", type: 9 },
  { serverId: "5", parentId: "0", displayName: "Inbox", type: 2 },
];

/** The folder that mail comes into. */
export const INBOX_ID = "5";

/** What a collection brings at once when its request does not say (MS-ASCMD, WindowSize). */
const DEFAULT_WINDOW = 100;

/** The most a collection or a whole request brings at once, and what 0 stands for (MS-ASCMD, WindowSize). */
const LARGEST_WINDOW = 512;

/**
 * Mailboxes in memory, and what each device has been sent of them.
 * A sync key stands for a position in a folder. A device may come back with the key before the last one, because the
 * answer that carried the last one was lost: what that answer brought is then brought again.
 */
export class Mailboxes implements MailboxView {
  readonly #settings: MailboxSettings;
  readonly #mailboxes: RecentMap<string, Mailbox>;

  constructor(settings: MailboxSettings) {
    this.#settings = settings;
    this.#mailboxes = new RecentMap(settings.maxMailboxes);
  }

  /** Puts an item into a folder of the user's mailbox; an unknown folder takes nothing. */
  deliver(user: string, folderId: string, subject: string): boolean {
    const folder = this.#mailbox(user).folders.get(folderId);
    if (folder === undefined) return false;
    const serverId = `${folderId}:${folder.first + folder.items.length + 1}`;
    folder.items.push({ serverId, subject: writable(subject) });
    if (folder.items.length > this.#settings.maxItems) {
      folder.items.shift();
      folder.first += 1;
    }
    return true;
  }

  knows(folderId: string): boolean {
    return FOLDERS.some((folder) => folder.serverId === folderId);
  }

  hasNews(owner: Owner, folderId: string): boolean {
    const progress = this.#progress(owner, folderId);
    const folder = this.#mailbox(owner.user).folders.get(folderId);
    return progress !== undefined && folder !== undefined && progress.position < endOf(folder);
  }

  hasAnswer(owner: Owner, collection: SyncRequestCollection): boolean {
    const { collectionId, syncKey, commandCount, getChanges } = collection;
    if (commandCount > 0 || syncKey !== this.#progress(owner, collectionId)?.key) return true;
    return getChanges !== false && this.hasNews(owner, collectionId);
  }

  /** Does a Sync: gives keys, brings items; collections without anything to say are left out. */
  sync(owner: Owner, body: WholeSync): SyncResponse {
    const collections: SyncResponseCollection[] = [];
    let room = windowOf(body.windowSize, LARGEST_WINDOW);
    for (const collection of body.collections) {
      if (!this.hasAnswer(owner, collection)) continue;
      const answer = this.#syncCollection(owner, collection, room);
      room -= answer.added.length;
      collections.push(answer);
    }
    return { collections };
  }

  /**
   * What it goes on from, as a text, names of users and devices left out, positions counted from the end of their folder:
   * what lies before the last Sync but one can only be asked for by starting anew.
   */
  fingerprint(): string {
    const mailboxes = [...this.#mailboxes.values()].map(({ folders, devices }) =>
      [...devices.values()].map((collections) =>
        [...folders].map(([collectionId, folder]) => [collectionId, standing(collections.get(collectionId), folder)]),
      ),
    );
    return JSON.stringify(mailboxes);
  }

  #syncCollection(owner: Owner, collection: SyncRequestCollection, room: number): SyncResponseCollection {
    const { collectionId, syncKey } = collection;
    const folder = this.#mailbox(owner.user).folders.get(collectionId);
    if (folder === undefined) return refusal(collectionId, 12);
    const progress = this.#progress(owner, collectionId);
    if (syncKey === "0") return this.#begin(owner, collectionId, progress?.issued ?? 0, folder);
    if (progress === undefined || (syncKey !== progress.key && syncKey !== progress.before.key)) {
      return refusal(collectionId, 3);
    }
    const position = Math.max(syncKey === progress.key ? progress.position : progress.before.position, folder.first);
    const window = Math.min(windowOf(collection.windowSize, DEFAULT_WINDOW), room);
    const until = collection.getChanges === false ? position : Math.min(position + window, endOf(folder));
    const added = folder.items.slice(position - folder.first, until - folder.first);
    progress.before = { key: syncKey, position };
    progress.issued += 1;
    progress.key = String(progress.issued);
    progress.position = until;
    const moreAvailable = collection.getChanges !== false && until < endOf(folder);
    return { collectionId, syncKey: progress.key, status: 1, added, moreAvailable, commandCount: added.length };
  }

  /** The first answer gives a key and no item; keys go on counting, so that no old one comes to mean something new. */
  #begin(owner: Owner, collectionId: string, issued: number, folder: StoredFolder): SyncResponseCollection {
    const key = String(issued + 1);
    const position = folder.first;
    const { devices } = this.#mailbox(owner.user);
    const collections = devices.get(owner.deviceId) ?? new Map<string, Progress>();
    collections.set(collectionId, { key, position, issued: issued + 1, before: { key: "0", position } });
    devices.set(owner.deviceId, collections);
    return { collectionId, syncKey: key, status: 1, added: [], moreAvailable: false, commandCount: 0 };
  }

  #progress(owner: Owner, folderId: string): Progress | undefined {
    const { devices } = this.#mailbox(owner.user);
    const collections = devices.get(owner.deviceId);
    if (collections !== undefined) devices.set(owner.deviceId, collections);
    return collections?.get(folderId);
  }

  #mailbox(user: string): Mailbox {
    const mailbox = this.#mailboxes.get(user) ?? {
      folders: new Map(FOLDERS.map((folder) => [folder.serverId, { first: 0, items: [] }])),
      devices: new RecentMap(this.#settings.maxDevicesOfUser),
    };
    this.#mailboxes.set(user, mailbox);
    return mailbox;
  }
}

/** A user's folders by id, and how far each device is in each. */
interface Mailbox {
  readonly folders: ReadonlyMap<string, StoredFolder>;
  readonly devices: RecentMap<string, Map<string, Progress>>;
}

/** Items of a folder: the first one kept is the `first`-th that ever came, counted from 0. */
interface StoredFolder {
  first: number;
  readonly items: SyncItem[];
}

/** How far a device is in one collection. */
interface Progress {
  key: string;
  position: number;
  issued: number;
  before: { readonly key: string; readonly position: number };
}

function endOf(folder: StoredFolder): number {
  return folder.first + folder.items.length;
}

function standing(progress: Progress | undefined, folder: StoredFolder): unknown {
  if (progress === undefined) return undefined;
  const { key, position, before } = progress;
  const end = endOf(folder);
  return { syncKey: key, unseen: end - position, before: { syncKey: before.key, unseen: end - before.position } };
}

function windowOf(asked: number | undefined, fallback: number): number {
  if (asked === undefined) return fallback;
  return asked <= 0 || asked > LARGEST_WINDOW ? LARGEST_WINDOW : asked;
}

function refusal(collectionId: string, status: number): SyncResponseCollection {
  return { collectionId, syncKey: "0", status, added: [], moreAvailable: false, commandCount: 0 };
}

/** A subject that WBXML can carry: no control characters and no half of a surrogate pair, not even where it is cut. */
function writable(subject: string): string {
  const shown = subject.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, "\u{FFFD}");
  return shown.slice(0, LONGEST_SUBJECT).replace(/\p{Surrogate}$/u, "");
}

/** What is kept of a subject, in UTF-16 units: more than any mail program shows. */
const LONGEST_SUBJECT = 255;
