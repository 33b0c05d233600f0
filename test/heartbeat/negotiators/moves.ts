import * as fc from "fast-check";
import type {
  DeviceEnding,
  Move,
  Negotiator,
  NegotiatorSettings,
} from "../../../src/heartbeat/negotiators/negotiator.ts";

/** How an exchange ended, and after how long. */
export interface Ended {
  readonly ending: DeviceEnding;
  readonly durationMs: number;
}

export const HELD: DeviceEnding = { kind: "held" };
export const CHANGES: DeviceEnding = { kind: "changes" };
export const SILENCE: DeviceEnding = { kind: "silence" };
export const RESET: DeviceEnding = { kind: "reset" };
export const CLOSED: DeviceEnding = { kind: "closed" };
export const UNREADABLE: DeviceEnding = { kind: "unreadable" };
export const UNREACHABLE: DeviceEnding = { kind: "unreachable" };
export const http = (httpStatus: number): DeviceEnding => ({ kind: "httpError", httpStatus });
export const limit = (limitSeconds: number): DeviceEnding => ({ kind: "rejected", status: 5, limitSeconds });
export const status = (number: number): DeviceEnding => ({ kind: "rejected", status: number });

/** A move in short: `raise 650 settled`, with `later` where it comes after a pause. */
export function inShort(move: Move): string {
  const { kind, heartbeatIntervalSeconds, settled, askAgain } = move;
  return `${kind} ${heartbeatIntervalSeconds}${settled ? " settled" : ""}${askAgain === "afterPause" ? " later" : ""}`;
}

/** The moves of a search whose exchanges end so, each after a minute unless it says otherwise. */
export function course(negotiator: Negotiator, given: readonly (DeviceEnding | Ended)[]): readonly Move[] {
  return [
    negotiator.start(),
    ...given.map((each) =>
      "ending" in each ? negotiator.conclude(each.ending, each.durationMs) : negotiator.conclude(each, 60_000),
    ),
  ];
}

/** The intervals that moves ask. */
export function asked(moves: readonly Move[]): readonly number[] {
  return moves.map((move) => move.heartbeatIntervalSeconds);
}

const KINDS: Readonly<Record<number, Move["kind"]>> = { [-1]: "lower", 0: "repeat", 1: "raise" };

/** What the moves after the first are, by the intervals that they ask. */
export function kindsByInterval(moves: readonly Move[]): readonly Move["kind"][] {
  const seconds = asked(moves);
  return seconds.slice(1).map((next, index) => KINDS[Math.sign(next - (seconds[index] ?? NaN))] ?? "first");
}

/** Settings that are whole and in order. */
export const ANY_SETTINGS: fc.Arbitrary<NegotiatorSettings> = fc
  .record({
    minimum: fc.integer({ min: 1, max: 1000 }),
    below: fc.nat(1000),
    above: fc.nat(1000),
    increment: fc.integer({ min: 1, max: 400 }),
    graceMs: fc.constantFrom(5000, 34_999, 35_000),
  })
  .map(({ minimum, below, above, increment, graceMs }) => ({
    initialSeconds: minimum + below,
    minimumSeconds: minimum,
    maximumSeconds: minimum + below + above,
    incrementSeconds: increment,
    graceMs,
  }));

/** Any end of an exchange, after any time; a limit of the server's only where one is asked for. */
export const ANY_UNLIMITED: fc.Arbitrary<Ended> = fc.record({
  ending: fc.oneof(
    { weight: 3, arbitrary: fc.constant(HELD) },
    fc.constantFrom(CHANGES, SILENCE, RESET, CLOSED, UNREADABLE, UNREACHABLE, status(3), status(8)),
    fc.constantFrom(401, 408, 449, 500, 502, 503, 504).map(http),
  ),
  durationMs: fc.nat(1_800_000),
});

export const ANY_ENDING: fc.Arbitrary<Ended> = fc.oneof(
  { weight: 4, arbitrary: ANY_UNLIMITED },
  fc.record({
    ending: fc.oneof(fc.integer({ min: -1, max: 90_000 }).map(limit), fc.constantFrom(status(4), status(7))),
    durationMs: fc.nat(1_800_000),
  }),
);
