import type { CommandAnswer, CommandRequest } from "../activesync/command.ts";
import type { DeviceEnding } from "./negotiators/negotiator.ts";

/** How a device waits: it writes the waiting requests, remembers what the server has of them, reads the answers. */
export interface Waiting {
  /** The request for this interval, no longer than it must be. */
  request(heartbeatIntervalSeconds: number): CommandRequest;
  /** Reads the answer, with HTTP status 200, to the last request, and tells the mailbox what changed. */
  read(answer: CommandAnswer): WaitEnd;
  /** The next request is sent whole. */
  forget(): void;
  /** What it goes on from, as a text. */
  fingerprint(): string;
}

/** How a wait ended. */
export interface WaitEnd {
  readonly ending: DeviceEnding;
  /** With Ping Status 6 and Sync Status 15, the most folders that the server takes. */
  readonly mostFolders?: number;
}

/** The end of a wait whose answer is none. */
export const UNREADABLE: WaitEnd = { ending: { kind: "unreadable" } };
