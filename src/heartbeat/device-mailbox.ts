import { policyTypeOf } from "../activesync/constants.ts";
import type { CommandAnswer } from "../activesync/command.ts";
import type { FolderSyncRequest, FolderSyncResponse } from "../activesync/folder-sync.ts";
import type { PingFolder } from "../activesync/ping.ts";
import type { ProvisionRequest, ProvisionResponse } from "../activesync/provision.ts";
import type { SyncRequestCollection, SyncResponse, SyncResponseCollection } from "../activesync/sync.ts";
import type { WholeSync } from "./sync-check.ts";

/*
 * What a device must have before it can wait, in this order (MS-ASCMD; MS-ASPROV): the server's options, a policy (asked,
 * then acknowledged), the folders, a sync key for each, and their items. `missing` gives the request for the first
 * thing that is not there; a server that takes something back makes it missing again.
 */

/** A request for something missing. */
export type FetchingRequest =
  | { readonly command: "OPTIONS" }
  | { readonly command: "Provision"; readonly body: ProvisionRequest }
  | { readonly command: "FolderSync"; readonly body: FolderSyncRequest }
  | { readonly command: "Sync"; readonly body: WholeSync };

/** How the server answered a request that fetches something missing. */
type Fetched =
  | { readonly kind: "done"; readonly foundItems: boolean }
  /** A Status, the server's word against the request; `limit` is the number that came with it. */
  | { readonly kind: "rejected"; readonly status: number; readonly limit: number | undefined }
  /** The answer does not give what was asked. */
  | { readonly kind: "useless" };

/** What a Sync answer brought. */
interface SyncReading {
  readonly foundItems: boolean;
  /** The Status of the whole answer, or the first of a collection, that is not success. */
  readonly rejected: { readonly status: number; readonly limit: number | undefined } | undefined;
}

/** The classes of the folder types that a device watches: inbox, calendar, contacts. */
const WATCHED_CLASSES: Readonly<Record<number, string>> = { 2: "Email", 8: "Calendar", 9: "Contacts" };

/** More folders of those types than any mailbox has. */
const MOST_WATCHED = 16;

const DONE: Fetched = { kind: "done", foundItems: false };
const USELESS: Fetched = { kind: "useless" };

/** What a device knows of its mailbox, and what it lacks. */
export class DeviceMailbox {
  readonly #protocolVersion: number;
  #optionsKnown = false;
  #policyPhase: "asking" | "acknowledging" | "done" = "asking";
  #policyKey: string | undefined;
  #foldersKnown = false;
  #mostWatched = MOST_WATCHED;
  #collections = new Map<string, Collection>();

  constructor(protocolVersion: string) {
    this.#protocolVersion = Number(protocolVersion);
  }

  /** The key of the policy in force, for `X-MS-PolicyKey`. */
  get policyKey(): string | undefined {
    return this.#policyKey;
  }

  /** The request that fetches the first thing missing; `undefined` when the device can wait. */
  missing(): FetchingRequest | undefined {
    if (!this.#optionsKnown) return { command: "OPTIONS" };
    if (this.#policyPhase !== "done") return { command: "Provision", body: this.#provision() };
    if (!this.#foldersKnown) return { command: "FolderSync", body: { syncKey: "0" } };
    const collections = [...this.#collections.values()];
    const keyless = collections.filter((collection) => collection.syncKey === "0");
    if (keyless.length > 0) return this.#sync(keyless);
    const stale = collections.filter((collection) => collection.stale);
    return stale.length > 0 ? this.#sync(stale) : undefined;
  }

  /** Reads the answer, with HTTP status 200, to what `missing` asked. */
  read(request: FetchingRequest, answer: CommandAnswer): Fetched {
    if (request.command === "OPTIONS" && answer.command === "OPTIONS") {
      this.#optionsKnown = true;
      return DONE;
    }
    if (request.command === "Provision" && answer.command === "Provision") return this.#readPolicy(answer.body);
    if (request.command === "FolderSync" && answer.command === "FolderSync") return this.#readFolders(answer.body);
    if (request.command === "Sync" && answer.command === "Sync") {
      return this.#readFetchingSync(request.body.collections, answer.body);
    }
    return USELESS;
  }

  /**
   * Takes the keys from a Sync answer; what it leaves for the next Sync is missing from now on. Status 3, of the whole
   * or of one collection, makes what it concerns start anew from key 0.
   */
  readSync(asked: readonly SyncRequestCollection[], body: SyncResponse | undefined): SyncReading {
    const status = body?.status ?? 1;
    const answers = new Map(body?.collections.map((answer) => [answer.collectionId, answer]));
    let rejected = status === 1 ? undefined : { status, limit: body?.limit };
    let foundItems = false;
    for (const { collectionId } of asked) {
      const collection = this.#collections.get(collectionId);
      if (collection === undefined) continue;
      const answer = answers.get(collectionId);
      const own = status === 3 ? status : (answer?.status ?? 1);
      if (own !== 1) rejected ??= { status: own, limit: undefined };
      if (own === 3) forgetKey(collection);
      // A good answer that leaves a collection out found nothing new in it.
      else if (answer === undefined) collection.stale &&= collection.syncKey === "0" || status !== 1;
      else if (own === 1) foundItems = takeAnswer(collection, answer) || foundItems;
    }
    return { foundItems, rejected };
  }

  /** The folders to wait for, in the server's order. */
  watched(): readonly PingFolder[] {
    return [...this.#collections.values()].map((collection) => ({ id: collection.id, class: collection.class }));
  }

  /** Every collection with its present key, as a Sync asks for its changes. */
  collections(): readonly SyncRequestCollection[] {
    return [...this.#collections.values()].map((collection) => this.#ask(collection));
  }

  /** The server says that these folders changed. */
  markChanged(folderIds: readonly string[]): void {
    for (const id of folderIds) {
      const collection = this.#collections.get(id);
      if (collection !== undefined) collection.stale = true;
    }
  }

  /** The policy must be fetched and acknowledged again. */
  forgetPolicy(): void {
    this.#policyPhase = "asking";
    this.#policyKey = undefined;
  }

  /** The folders must be fetched again; what is known of each that is still there stays. */
  forgetFolders(): void {
    this.#foldersKnown = false;
  }

  /** Watches no more than `most` folders from now on, the first ones, and one in any case. */
  watchAtMost(most: number): void {
    this.#mostWatched = Math.max(1, Math.min(most, this.#mostWatched));
    this.#collections = new Map([...this.#collections].slice(0, this.#mostWatched));
  }

  /** What it goes on from, as a text, sync keys as they are. */
  fingerprint(): string {
    const policy = [this.#optionsKnown, this.#policyPhase, this.#policyKey];
    return JSON.stringify([policy, this.#foldersKnown, this.#mostWatched, [...this.#collections.values()]]);
  }

  #provision(): ProvisionRequest {
    const policyType = policyTypeOf(this.#protocolVersion);
    if (this.#policyKey === undefined) return { policyType };
    return { policyType, policyKey: this.#policyKey, status: 1 };
  }

  #sync(collections: readonly Collection[]): FetchingRequest {
    return { command: "Sync", body: { collections: collections.map((collection) => this.#ask(collection)) } };
  }

  /** The class of a collection is part of its request until 12.0 only (MS-ASCMD, Class). */
  #ask({ id, class: folderClass, syncKey }: Collection): SyncRequestCollection {
    return {
      collectionId: id,
      syncKey,
      commandCount: 0,
      ...(this.#protocolVersion < 12.1 ? { class: folderClass } : {}),
      ...(syncKey === "0" ? {} : { getChanges: true }),
    };
  }

  /** A server without a policy (Policy Status 2) leaves the device without a key. */
  #readPolicy(body: ProvisionResponse | undefined): Fetched {
    if (body === undefined) return USELESS;
    if (body.status !== 1) return { kind: "rejected", status: body.status, limit: undefined };
    if (body.policyStatus === 2) {
      this.#policyPhase = "done";
      return DONE;
    }
    if (body.policyStatus === undefined) return USELESS;
    if (body.policyStatus !== 1) {
      this.forgetPolicy();
      return { kind: "rejected", status: body.policyStatus, limit: undefined };
    }
    if (body.policyKey === undefined) return USELESS;
    this.#policyKey = body.policyKey;
    this.#policyPhase = this.#policyPhase === "asking" ? "acknowledging" : "done";
    return DONE;
  }

  #readFolders(body: FolderSyncResponse | undefined): Fetched {
    if (body === undefined) return USELESS;
    if (body.status !== 1) return { kind: "rejected", status: body.status, limit: undefined };
    const collections = new Map<string, Collection>();
    for (const { serverId, type } of body.added) {
      const folderClass = WATCHED_CLASSES[type];
      if (folderClass === undefined || collections.size >= this.#mostWatched) continue;
      const known = this.#collections.get(serverId);
      collections.set(serverId, known ?? { id: serverId, class: folderClass, syncKey: "0", stale: true });
    }
    if (collections.size === 0) return USELESS;
    this.#collections = collections;
    this.#foldersKnown = true;
    return DONE;
  }

  #readFetchingSync(asked: readonly SyncRequestCollection[], body: SyncResponse | undefined): Fetched {
    const { foundItems, rejected } = this.readSync(asked, body);
    if (rejected !== undefined) return { kind: "rejected", ...rejected };
    const keyless = asked.some(({ collectionId }) => this.#collections.get(collectionId)?.syncKey === "0");
    return keyless ? USELESS : { kind: "done", foundItems };
  }
}

interface Collection {
  readonly id: string;
  readonly class: string;
  /** `"0"` until the server gave one. */
  syncKey: string;
  /** There may be items that the device has not fetched. */
  stale: boolean;
}

function forgetKey(collection: Collection): void {
  collection.syncKey = "0";
  collection.stale = true;
}

/**
 * Whether items came. The first answer of a collection only gives its key, so its items are still to be fetched; more
 * that is "available" without anything in this answer is not believed, or a Sync could follow a Sync for ever.
 */
function takeAnswer(collection: Collection, answer: SyncResponseCollection): boolean {
  const first = collection.syncKey === "0";
  const foundItems = answer.commandCount > 0 || answer.added.length > 0;
  collection.syncKey = answer.syncKey;
  collection.stale = first || (answer.moreAvailable && foundItems);
  return foundItems;
}
