import type { PingRequest, PingResponse } from "../activesync/ping.ts";
import type { SyncRequest, SyncResponse } from "../activesync/sync.ts";
import type { DecodeFailure, DeviceIdentity } from "./events.ts";

/**
 * What a proxy sees of the requests that cross it; `closed` is the last event of its flow.
 * A request is known by its flow and its number on it: any number that the flow does not use twice, for instance a
 * count from 1. Events about a request that does not wait are welcome and do nothing.
 */
export type ExchangeEvent =
  | RequestedEvent
  | AnswerBeganEvent
  | AnsweredEvent
  /** An answer that was crossing the path has left it toward the device. */
  | { readonly kind: "answerPassed"; readonly flowId: number; readonly requestNumber: number }
  /** Another hop than before holds back, or has dropped, what goes to the device; `undefined` when none does any more. */
  | { readonly kind: "answersHeld"; readonly flowId: number; readonly hop: string | undefined }
  /** The device has ended its side while a hop held back what was sent to it. */
  | { readonly kind: "answersMissed"; readonly flowId: number }
  /** A condition ended the path below this flow. */
  | {
      readonly kind: "pathEnded";
      readonly flowId: number;
      readonly hop: string;
      readonly byIdleTimeout: boolean;
      /** What the hop did to the device's leg. */
      readonly action: string;
    }
  /** The device is gone: reset, or closed with nobody left to read an answer. A half-close alone is not that. */
  | { readonly kind: "deviceLeft"; readonly flowId: number; readonly byReset?: boolean }
  /** The server can't be reached, reset the connection, or died before its answer's end. */
  | { readonly kind: "serverFailed"; readonly flowId: number }
  /** Both legs are gone; a request that still waits counts as left by its device. */
  | { readonly kind: "closed"; readonly flowId: number };

/** The last byte of an ActiveSync request has passed; a body that can't be read is told by why. */
export type RequestedEvent = {
  readonly kind: "requested";
  readonly flowId: number;
  readonly requestNumber: number;
  readonly device: DeviceIdentity;
  /** Size of its head and content. */
  readonly requestBytes?: number | undefined;
} & (
  | { readonly command: "Ping"; readonly body: PingRequest | DecodeFailure }
  | { readonly command: "Sync"; readonly body: SyncRequest | DecodeFailure }
  | { readonly command: "other" }
);

/** The head of an answer has come from the server. */
export interface AnswerBeganEvent {
  readonly kind: "answerBegan";
  readonly flowId: number;
  readonly requestNumber: number;
  readonly httpStatus: number;
  /** Size of the head. */
  readonly answerBytes?: number | undefined;
}

/** The last byte of an answer to a Ping or Sync has come from the server; `body` is `undefined` when it is empty. */
export type AnsweredEvent = {
  readonly kind: "answered";
  readonly flowId: number;
  readonly requestNumber: number;
  readonly httpStatus: number;
  /** Size of its head and content. */
  readonly answerBytes?: number | undefined;
  /** Whether the path has still to let it through to the device; `answerPassed` then tells when it has. */
  readonly crossing?: boolean;
} & Answer;

/** What a waiting request is answered, with HTTP status 2xx. */
export type Answer =
  | { readonly command: "Ping"; readonly body: PingResponse | DecodeFailure | undefined }
  | { readonly command: "Sync"; readonly body: SyncResponse | DecodeFailure | undefined };
