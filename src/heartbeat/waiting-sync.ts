import type { CommandAnswer, CommandRequest } from "../activesync/command.ts";
import type { SyncRequestCollection } from "../activesync/sync.ts";
import type { DeviceMailbox } from "./device-mailbox.ts";
import { UNREADABLE, type Waiting, type WaitEnd } from "./waiting.ts";

/**
 * Waits with a Sync that carries `Wait`, in whole minutes. An empty answer allows an empty request, which repeats the
 * one that the server has stored; anything else calls for the whole request (MS-ASCMD, Sync, empty requests).
 */
export class WaitingSync implements Waiting {
  readonly #mailbox: DeviceMailbox;
  #asked: { readonly minutes: number; readonly collections: readonly SyncRequestCollection[] } | undefined;
  /** The request that the server repeats when it is sent an empty one. */
  #repeatable: string | undefined;

  constructor(mailbox: DeviceMailbox) {
    this.#mailbox = mailbox;
  }

  request(heartbeatIntervalSeconds: number): CommandRequest {
    const collections = this.#mailbox.collections();
    this.#asked = { minutes: Math.max(1, Math.round(heartbeatIntervalSeconds / 60)), collections };
    const repeats = this.#repeatable === JSON.stringify(this.#asked);
    this.#repeatable = undefined;
    return { command: "Sync", body: repeats ? {} : { collections, waitMinutes: this.#asked.minutes } };
  }

  read(answer: CommandAnswer): WaitEnd {
    if (answer.command !== "Sync" || this.#asked === undefined) return UNREADABLE;
    const { body } = answer;
    if (body === undefined) {
      this.#repeatable = JSON.stringify(this.#asked);
      return { ending: { kind: "held" } };
    }
    const { foundItems, rejected } = this.#mailbox.readSync(this.#asked.collections, body);
    if (rejected === undefined) return { ending: { kind: foundItems ? "changes" : "held" } };
    const { status, limit } = rejected;
    if (limit === undefined) return { ending: { kind: "rejected", status } };
    if (status === 14) return { ending: { kind: "rejected", status, limitSeconds: limit * 60 } };
    return { ending: { kind: "rejected", status }, ...(status === 15 ? { mostFolders: limit } : {}) };
  }

  forget(): void {
    this.#repeatable = undefined;
  }

  fingerprint(): string {
    return JSON.stringify([this.#asked, this.#repeatable]);
  }
}
