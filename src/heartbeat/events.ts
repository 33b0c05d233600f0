import type { Millis } from "../core/machine.ts";
import type { ExchangeEnding } from "./ending.ts";

/** The two commands that can wait. */
export type WaitingCommand = "Ping" | "Sync";

/**
 * How an exchange ended; exclusive and exhaustive.
 * `held` answered at the interval's end, no changes · `changes` answered with changes · `rejected` the server's word
 * against the request · `expired` an idle time-out let it die · `cut` another condition did · `lost` the device came
 * back, or went, without its answer and no hop of ours did it · `withdrawn` the device closed it and went on to
 * something else · `serverFailed` HTTP error, upstream reset or unreachable · `open` still parked.
 */
export type Outcome =
  | "held"
  | "changes"
  | "rejected"
  | "expired"
  | "cut"
  | "lost"
  | "withdrawn"
  | "serverFailed"
  | "open";

/** Every outcome, in the order in which reports list them. */
export const OUTCOMES = [
  "held",
  "changes",
  "rejected",
  "expired",
  "cut",
  "lost",
  "withdrawn",
  "serverFailed",
  "open",
] as const satisfies readonly Outcome[];

/** Whether the path failed the device. */
export function pathFailed(outcome: Outcome): boolean {
  return FAILED.has(outcome);
}

const FAILED: ReadonlySet<Outcome> = new Set<Outcome>(["expired", "cut", "lost"]);

/** Who asked. */
export interface DeviceIdentity {
  readonly deviceId: string;
  readonly user: string;
  readonly deviceType: string;
}

/** One parked request, as the proxy sees it. */
export interface Exchange {
  /** Counts up from 1 in one proxy. */
  readonly id: number;
  readonly flowId: number;
  readonly device: DeviceIdentity;
  readonly command: WaitingCommand;
  /** What the device asked, or what the server remembers of it; `undefined` when neither is known. */
  readonly heartbeatIntervalSeconds: number | undefined;
  /** When the request's last byte passed. */
  readonly askedAt: Millis;
  /** Size of the request, head and content; `undefined` where it has none, as in virtual time. */
  readonly requestBytes?: number | undefined;
  /** The device's address, where that is known; whatever leaves the process names its network at most. */
  readonly source?: string | undefined;
  /** The listener that the device came to, where that is known. */
  readonly listener?: string | undefined;
}

/** Why an exchange ended as it did. */
export interface ExchangeEnd {
  readonly outcome: Exclude<Outcome, "open">;
  /** The hop that did it, for `expired` and `cut`. */
  readonly hop: string | undefined;
  /** What the hop did to the device's leg, for `expired` and `cut`. */
  readonly action: string | undefined;
  /** Who ended it, in which phase. */
  readonly ending: ExchangeEnding;
  /** The HTTP status of the answer, if one began. */
  readonly httpStatus: number | undefined;
  /** The Status of the ActiveSync answer, if one was read. */
  readonly status: number | undefined;
  /** Size of what came of the answer: its head, and all of it once it was whole; `undefined` as for the request. */
  readonly answerBytes?: number | undefined;
  /** The nearest interval that the server takes, in s, with Ping Status 5 and Sync Status 14. */
  readonly limitSeconds?: number | undefined;
  /**
   * Whether a `lost` one was given up by its device for another connection while its own was still there; false or absent
   * when its connection ended first.
   */
  readonly returned?: boolean | undefined;
  readonly endedAt: Millis;
}

/** What the proxy learns about heartbeats; metrics, log, API and trace all live on it. */
export type HeartbeatEvent =
  | {
      readonly kind: "asked";
      readonly exchange: Exchange;
      /** Whether the answer that the device was given before has reached it; absent when there was none, or nobody knows. */
      readonly heard?: boolean | undefined;
      /** Whether the device has another request parked whose interval is not over: two at once. */
      readonly collides?: boolean | undefined;
    }
  | { readonly kind: "ended"; readonly exchange: Exchange; readonly end: ExchangeEnd }
  /** The server answered an exchange whose path was dead. */
  | { readonly kind: "lateAnswer"; readonly exchange: Exchange; readonly at: Millis }
  /** A body of a Ping or Sync could not be read; it was passed on all the same. */
  | { readonly kind: "decodeFailed"; readonly flowId: number; readonly reason: DecodeFailure; readonly at: Millis };

/** Why a body could not be read. */
export type DecodeFailure = "wbxml" | "gzip" | "too-large";

/** Every reason for which a body could not be read. */
export const DECODE_FAILURES = ["wbxml", "gzip", "too-large"] as const satisfies readonly DecodeFailure[];
