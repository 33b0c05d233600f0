import type { CommandAnswer, CommandRequest } from "../activesync/command.ts";
import type { FolderSyncRequest, FolderSyncResponse } from "../activesync/folder-sync.ts";
import type { Machine, Millis } from "../core/machine.ts";
import { FOLDERS, INBOX_ID, Mailboxes, type MailboxSettings } from "./mailboxes.ts";
import { Parking, type Owner, type ParkingEffect } from "./parking.ts";
import { Policies } from "./policies.ts";
import { DEFAULT_WAITING_LIMITS, type WaitingLimits } from "./waiting-limits.ts";

/*
 * Requests come in with an id and leave with an answer of that id, at once or, when they wait, later; a closed one
 * leaves without. What waits is `Parking`'s, what mailboxes hold is `Mailboxes`'s, who has a policy is `Policies`'s.
 */

/** What happens to a Client Access server. Ids are the transport's and unique while their request is open. */
export type ClientAccessEvent =
  | {
      readonly kind: "request";
      readonly id: number;
      /** Users are told apart without regard to case. */
      readonly user: string;
      readonly deviceId: string;
      readonly protocolVersion: string;
      readonly request: CommandRequest;
    }
  /** The body of a request could not be read, or lacks what its command needs. */
  | { readonly kind: "malformed"; readonly id: number; readonly command: CommandRequest["command"] }
  /** The connection of a request is gone. */
  | { readonly kind: "closed"; readonly id: number }
  /** A message for a user, who needs not have been heard of; into the inbox unless a folder is named. */
  | { readonly kind: "mail"; readonly user: string; readonly subject: string; readonly folderId?: string };

/** What a Client Access server does. */
export type ClientAccessEffect =
  | { readonly kind: "answer"; readonly id: number; readonly answer: CommandAnswer }
  | { readonly kind: "delivered"; readonly user: string; readonly folderId: string }
  /** There is no such folder. */
  | { readonly kind: "undeliverable"; readonly user: string; readonly folderId: string };

/** What a Client Access server takes and keeps. */
export interface ClientAccessSettings extends WaitingLimits, MailboxSettings {
  /** Devices whose waiting requests and policies are remembered. */
  readonly maxDevices: number;
  /** Whether a device must acknowledge the policy before anything else. */
  readonly provisioningRequired: boolean;
}

/** Microsoft's limits for waiting; how much is kept is chosen here, for tests with tens of thousands of devices. */
export const DEFAULT_CLIENT_ACCESS: ClientAccessSettings = {
  ...DEFAULT_WAITING_LIMITS,
  maxMailboxes: 50_000,
  maxItems: 1000,
  maxDevicesOfUser: 50,
  maxDevices: 50_000,
  provisioningRequired: false,
};

/** Everything that is wrong with settings, one plain sentence each; none when they can be used. */
export function clientAccessFaults(settings: ClientAccessSettings): readonly string[] {
  const { provisioningRequired: _, ...counts } = settings;
  const faults = Object.entries(counts)
    .filter(([, value]) => !Number.isInteger(value) || value < 1)
    .map(([name, value]) => `${name} is ${value}; expected a whole number of at least 1`);
  if (faults.length === 0 && settings.minimumSeconds > settings.maximumSeconds) {
    faults.push(`minimumSeconds (${settings.minimumSeconds}) is above maximumSeconds (${settings.maximumSeconds})`);
  }
  return faults;
}

/** From this version on, "provision first" is a Status in an answer of HTTP 200 (MS-ASCMD, Status 140 to 144). */
const STATUS_SINCE = 14;

/** The key of the only state that the folders of a mailbox ever have. */
const FOLDERS_KEY = "1";

/** A whole Client Access server, as far as devices that wait need one. */
export class ClientAccess implements Machine<ClientAccessEvent, ClientAccessEffect> {
  readonly #provisioningRequired: boolean;
  readonly #mailboxes: Mailboxes;
  readonly #parking: Parking;
  readonly #policies: Policies;

  constructor(settings: ClientAccessSettings = DEFAULT_CLIENT_ACCESS) {
    this.#provisioningRequired = settings.provisioningRequired;
    this.#mailboxes = new Mailboxes(settings);
    this.#parking = new Parking(settings, this.#mailboxes);
    this.#policies = new Policies(settings.maxDevices);
  }

  /** How many requests are held. */
  get parked(): number {
    return this.#parking.size;
  }

  handle(event: ClientAccessEvent, now: Millis): readonly ClientAccessEffect[] {
    switch (event.kind) {
      case "request": {
        const owner = { user: event.user.toLowerCase(), deviceId: event.deviceId };
        return this.#request(event.id, owner, Number(event.protocolVersion), event.request, now);
      }
      case "malformed":
        return [{ kind: "answer", id: event.id, answer: malformed(event.command) }];
      case "closed":
        return this.#perform(this.#parking.handle(event, now));
      case "mail":
        return this.#mail(event.user.toLowerCase(), event.folderId ?? INBOX_ID, event.subject, now);
    }
  }

  nextDeadline(): Millis | undefined {
    return this.#parking.nextDeadline();
  }

  expire(now: Millis): readonly ClientAccessEffect[] {
    return this.#perform(this.#parking.expire(now));
  }

  /**
   * What it goes on from, as a text, instants counted from now, sync keys as they are. Names of users and devices are left
   * out, and items that all devices have: it is for servers of one device.
   */
  fingerprint(now: Millis): string {
    return JSON.stringify([
      this.#parking.fingerprint(now),
      this.#mailboxes.fingerprint(),
      this.#policies.fingerprint(),
    ]);
  }

  #request(
    id: number,
    owner: Owner,
    protocolVersion: number,
    request: CommandRequest,
    now: Millis,
  ): readonly ClientAccessEffect[] {
    const device = `${owner.user}\n${owner.deviceId}`;
    switch (request.command) {
      case "OPTIONS":
        return [{ kind: "answer", id, answer: { command: "OPTIONS", httpStatus: 200 } }];
      case "Provision": {
        const body = this.#policies.provision(device, protocolVersion, request.body);
        return [{ kind: "answer", id, answer: { command: "Provision", httpStatus: 200, body } }];
      }
      case "FolderSync":
      case "Sync":
      case "Ping":
        if (this.#provisioningRequired && !this.#policies.inForce(device)) {
          return [{ kind: "answer", id, answer: unprovisioned(request.command, protocolVersion) }];
        }
        return this.#mailboxRequest(id, owner, request, now);
    }
  }

  #mailboxRequest(id: number, owner: Owner, request: MailboxRequest, now: Millis): readonly ClientAccessEffect[] {
    switch (request.command) {
      case "FolderSync":
        return [
          { kind: "answer", id, answer: { command: "FolderSync", httpStatus: 200, body: syncFolders(request.body) } },
        ];
      case "Sync":
        return this.#perform(this.#parking.handle({ kind: "sync", id, owner, body: request.body }, now));
      case "Ping":
        return this.#perform(this.#parking.handle({ kind: "ping", id, owner, body: request.body }, now));
    }
  }

  #mail(user: string, folderId: string, subject: string, now: Millis): readonly ClientAccessEffect[] {
    if (!this.#mailboxes.deliver(user, folderId, subject)) return [{ kind: "undeliverable", user, folderId }];
    const woken = this.#parking.handle({ kind: "changed", user, folderId }, now);
    return [{ kind: "delivered", user, folderId }, ...this.#perform(woken)];
  }

  #perform(effects: readonly ParkingEffect[]): readonly ClientAccessEffect[] {
    return effects.map((effect) => ({ kind: "answer", id: effect.id, answer: this.#answer(effect) }));
  }

  /** Status 14 refuses only the wait: the Sync itself was done, and its answer says both (MS-ASCMD, Sync). */
  #answer(effect: ParkingEffect): CommandAnswer {
    switch (effect.kind) {
      case "answerPing":
        return { command: "Ping", httpStatus: 200, body: effect.body };
      case "answerSync":
        return { command: "Sync", httpStatus: 200, ...(effect.body === undefined ? {} : { body: effect.body }) };
      case "runSync": {
        const done = this.#mailboxes.sync(effect.owner, effect.body);
        const { waitLimit } = effect;
        const body = waitLimit === undefined ? done : { ...done, status: 14, limit: waitLimit };
        return { command: "Sync", httpStatus: 200, body };
      }
    }
  }
}

type MailboxRequest = Extract<CommandRequest, { command: "FolderSync" | "Sync" | "Ping" }>;

/** Folders never change here: key 0 is answered with all of them, the present key with none, another with Status 9. */
function syncFolders({ syncKey }: FolderSyncRequest): FolderSyncResponse {
  if (syncKey === "0") return { status: 1, syncKey: FOLDERS_KEY, added: FOLDERS };
  return syncKey === FOLDERS_KEY ? { status: 1, syncKey, added: [] } : { status: 9, added: [] };
}

/** Ping and Sync have a Status for a bad request, 4; the other commands have HTTP 400 (MS-ASCMD, Status 101 to 106). */
function malformed(command: CommandRequest["command"]): CommandAnswer {
  if (command === "Ping") return { command, httpStatus: 200, body: { status: 4 } };
  if (command === "Sync") return { command, httpStatus: 200, body: { status: 4, collections: [] } };
  return { command, httpStatus: 400 };
}

/** Source: MS-ASCMD, Status 142, and HTTP 449 in its place before 14.0. */
function unprovisioned(command: MailboxRequest["command"], protocolVersion: number): CommandAnswer {
  if (protocolVersion < STATUS_SINCE) return { command, httpStatus: 449 };
  const status = 142;
  switch (command) {
    case "FolderSync":
      return { command, httpStatus: 200, body: { status, added: [] } };
    case "Sync":
      return { command, httpStatus: 200, body: { status, collections: [] } };
    case "Ping":
      return { command, httpStatus: 200, body: { status } };
  }
}
