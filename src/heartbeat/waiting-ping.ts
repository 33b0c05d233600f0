import type { CommandAnswer, CommandRequest } from "../activesync/command.ts";
import type { PingRequest, PingResponse } from "../activesync/ping.ts";
import type { DeviceMailbox } from "./device-mailbox.ts";
import { UNREADABLE, type Waiting, type WaitEnd } from "./waiting.ts";

/**
 * Waits with Ping. The server keeps interval and folders, so that only what differs is sent, and an empty body when
 * nothing does (MS-ASCMD, Ping); what an unanswered Ping told it counts as unknown.
 */
export class WaitingPing implements Waiting {
  readonly #mailbox: DeviceMailbox;
  /** What the server surely keeps. */
  #kept: { readonly interval: number | undefined; readonly folders: string } | undefined;
  #asked = { interval: 0, folders: "" };

  constructor(mailbox: DeviceMailbox) {
    this.#mailbox = mailbox;
  }

  request(heartbeatIntervalSeconds: number): CommandRequest {
    const watched = this.#mailbox.watched();
    const folders = JSON.stringify(watched);
    const kept = this.#kept;
    this.#asked = { interval: heartbeatIntervalSeconds, folders };
    if (kept?.folders !== folders) {
      this.#kept = undefined;
      return ping({ heartbeatIntervalSeconds, folders: watched });
    }
    if (kept.interval === heartbeatIntervalSeconds) return ping({});
    this.#kept = { interval: undefined, folders };
    return ping({ heartbeatIntervalSeconds });
  }

  read(answer: CommandAnswer): WaitEnd {
    if (answer.command !== "Ping" || answer.body === undefined) return UNREADABLE;
    const { folders = [] } = answer.body;
    const end = readStatus(answer.body);
    if (end.ending.kind === "held" || end.ending.kind === "changes") this.#kept = this.#asked;
    if (end.ending.kind === "changes") this.#mailbox.markChanged(folders);
    return end;
  }

  forget(): void {
    this.#kept = undefined;
  }

  fingerprint(): string {
    return JSON.stringify([this.#kept, this.#asked]);
  }
}

/** An answer without what its Status needs counts as unreadable, as Android has it (AOSP, PingParser.java). */
function readStatus({ status, folders, maxFolders, heartbeatIntervalSeconds }: PingResponse): WaitEnd {
  switch (status) {
    case 1:
      return { ending: { kind: "held" } };
    case 2:
      return folders === undefined || folders.length === 0 ? UNREADABLE : { ending: { kind: "changes" } };
    case 5:
      if (heartbeatIntervalSeconds === undefined) return UNREADABLE;
      return { ending: { kind: "rejected", status, limitSeconds: heartbeatIntervalSeconds } };
    case 6:
      if (maxFolders === undefined) return UNREADABLE;
      return { ending: { kind: "rejected", status }, mostFolders: maxFolders };
    default:
      return { ending: { kind: "rejected", status } };
  }
}

function ping(body: PingRequest): CommandRequest {
  return { command: "Ping", body };
}
