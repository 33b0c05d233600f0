import type { CommandAnswer, CommandRequest } from "../activesync/command.ts";
import type { Millis } from "../core/machine.ts";
import type { WaitingCommand } from "./events.ts";
import type { DeviceEnding, Move } from "./negotiators/negotiator.ts";

/** How a connection ended, or did not come about, without an answer. */
export type ConnectionFailure = "reset" | "closed" | "refused" | "unreachable" | "untrusted";

/**
 * What happens to a device. `id` is that of the request it belongs to: what comes for an earlier one, or for one that
 * was given up, is ignored, so that a late answer can't pass for another's.
 */
export type DeviceSessionEvent =
  | { readonly kind: "start" }
  /** `retryAfterMs` is the answer's `Retry-After`, if it has one. */
  | {
      readonly kind: "answered";
      readonly id: number;
      readonly answer: CommandAnswer;
      readonly retryAfterMs?: Millis;
    }
  /** The connection ended without an answer. */
  | { readonly kind: "failed"; readonly id: number; readonly how: ConnectionFailure }
  | { readonly kind: "stop" };

/** What a device does. */
export type DeviceSessionEffect =
  /** Sends it, on a new connection when none is open; `policyKey` goes with all but OPTIONS and Ping (MS-ASPROV). */
  | {
      readonly kind: "request";
      /** Counts a device's requests, from 1. */
      readonly id: number;
      readonly request: CommandRequest;
      readonly policyKey: string | undefined;
    }
  /** Gives up the connection, if there is one. */
  | { readonly kind: "disconnect" }
  /** A waiting request is about to be sent. */
  | { readonly kind: "asked"; readonly asked: AskedExchange }
  | { readonly kind: "concluded"; readonly record: DeviceExchange }
  /** The device asks nothing for a while; the reason is a plain sentence. */
  | { readonly kind: "paused"; readonly pauseMs: Millis; readonly reason: string };

/** A waiting request, as the device sent it. */
export interface AskedExchange {
  /** Counts a device's waiting requests, from 1. */
  readonly number: number;
  readonly askedAt: Millis;
  readonly command: WaitingCommand;
  readonly heartbeatIntervalSeconds: number;
}

/** A waiting request and what the device made of its end. */
export interface DeviceExchange extends AskedExchange {
  /** How long the device waited. */
  readonly durationMs: Millis;
  readonly ending: DeviceEnding;
  /** What the device asks next. */
  readonly move: Move;
  /** How long the device pauses before that, 0 for not at all. */
  readonly pauseMs: Millis;
  /** What the device concluded, as a sentence for people: the move's reason and the pause. */
  readonly conclusion: string;
}
