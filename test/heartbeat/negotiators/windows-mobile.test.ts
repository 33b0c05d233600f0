import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DeviceEnding, Move, NegotiatorSettings } from "../../../src/heartbeat/negotiators/negotiator.ts";
import { wholeMinuteFaults } from "../../../src/heartbeat/negotiators/windows-mobile-6.1.ts";
import { WindowsMobileNegotiator } from "../../../src/heartbeat/negotiators/windows-mobile.ts";

const MINUTES = (initial: number, minimum: number, increment: number, maximum: number): NegotiatorSettings => ({
  initialSeconds: initial * 60,
  minimumSeconds: minimum * 60,
  incrementSeconds: increment * 60,
  maximumSeconds: maximum * 60,
  graceMs: 5000,
});

const SEED = MINUTES(15, 8, 4, 59);

const HELD: DeviceEnding = { kind: "held" };
const CHANGES: DeviceEnding = { kind: "changes" };
const SILENCE: DeviceEnding = { kind: "silence" };
const PAUSED: DeviceEnding = { kind: "unreachable" };
const LIMIT = (minutes: number): DeviceEnding => ({ kind: "rejected", status: 5, limitSeconds: minutes * 60 });

function course(settings: NegotiatorSettings, given: readonly DeviceEnding[]): readonly Move[] {
  const negotiator = new WindowsMobileNegotiator(settings);
  return [negotiator.start(), ...given.map((ending) => negotiator.conclude(ending))];
}

function steps(moves: readonly Move[]): readonly string[] {
  return moves.map((move) => {
    return `${move.kind} ${move.heartbeatIntervalSeconds / 60}${move.settled ? " settled" : ""}`;
  });
}

test.each<[string, NegotiatorSettings, readonly DeviceEnding[], readonly string[]]>([
  [
    "the documented course",
    SEED,
    [SILENCE, HELD, CHANGES, HELD, SILENCE, HELD, HELD],
    [
      "first 15",
      "lower 8",
      "raise 12",
      "repeat 12",
      "raise 16",
      "lower 12 settled",
      "repeat 12 settled",
      "repeat 12 settled",
    ],
  ],
  ["a minimum that fails", SEED, [SILENCE, SILENCE, SILENCE], ["first 15", "lower 8", "repeat 8", "repeat 8"]],
  ["a minimum that holds at last", SEED, [SILENCE, SILENCE, HELD], ["first 15", "lower 8", "repeat 8", "raise 12"]],
  [
    "a raise that changes interrupt is still on trial",
    SEED,
    [HELD, CHANGES, SILENCE],
    ["first 15", "raise 19", "repeat 19", "lower 15 settled"],
  ],
  [
    "a raise that a missing connection interrupts is still on trial",
    SEED,
    [HELD, PAUSED, SILENCE],
    ["first 15", "raise 19", "repeat 19", "lower 15 settled"],
  ],
  [
    "a maximum once learned stays when it fails later, and may sink",
    SEED,
    [HELD, SILENCE, SILENCE, HELD, SILENCE, HELD],
    ["first 15", "raise 19", "lower 15 settled", "lower 8", "raise 12", "lower 8 settled", "repeat 8 settled"],
  ],
  [
    "the climb back ends at the learned maximum",
    SEED,
    [HELD, SILENCE, SILENCE, HELD, HELD, HELD],
    ["first 15", "raise 19", "lower 15 settled", "lower 8", "raise 12", "raise 15", "repeat 15 settled"],
  ],
  [
    "a raise past the maximum ends at the maximum",
    MINUTES(15, 8, 4, 17),
    [HELD, HELD, HELD],
    ["first 15", "raise 17", "repeat 17 settled", "repeat 17 settled"],
  ],
  [
    "one interval for all",
    MINUTES(8, 8, 4, 8),
    [HELD, SILENCE, CHANGES],
    ["first 8", "repeat 8 settled", "repeat 8", "repeat 8 settled"],
  ],
  [
    "the server's maximum",
    SEED,
    [LIMIT(10), HELD, SILENCE, HELD],
    ["first 15", "lower 10 settled", "repeat 10 settled", "lower 8", "raise 10"],
  ],
  [
    "the server's maximum below the minimum",
    SEED,
    [LIMIT(5), HELD, SILENCE],
    ["first 15", "lower 5 settled", "repeat 5 settled", "repeat 5"],
  ],
  [
    "the server's minimum",
    SEED,
    [SILENCE, LIMIT(20), SILENCE, HELD],
    ["first 15", "lower 8", "raise 20", "repeat 20", "raise 24"],
  ],
  ["the server's minimum above the maximum", MINUTES(15, 8, 4, 16), [LIMIT(30)], ["first 15", "raise 30 settled"]],
  [
    "a limit between a raise and where it came from leaves it on trial",
    SEED,
    [HELD, LIMIT(17), SILENCE],
    ["first 15", "raise 19", "lower 17", "lower 15 settled"],
  ],
  [
    "a limit below where a raise came from ends the trial",
    SEED,
    [HELD, LIMIT(15), SILENCE],
    ["first 15", "raise 19", "lower 15 settled", "lower 8"],
  ],
  ["a limit that is the interval itself", SEED, [LIMIT(15)], ["first 15", "repeat 15"]],
  [
    "a limit that is no interval",
    SEED,
    [LIMIT(0), LIMIT(-1), LIMIT(1441)],
    Array(4).fill("repeat 15").with(0, "first 15"),
  ],
  ["a refusal without a limit", SEED, [{ kind: "rejected", status: 8 }], ["first 15", "repeat 15"]],
])("searches: %s", (_title, settings, given, expected) => {
  expect(steps(course(settings, given))).toEqual(expected);
});

describe("what counts as no answer", () => {
  test.each<[DeviceEnding]>([
    [{ kind: "silence" }],
    [{ kind: "reset" }],
    [{ kind: "closed" }],
    [{ kind: "httpError", httpStatus: 408 }],
    [{ kind: "httpError", httpStatus: 502 }],
    [{ kind: "httpError", httpStatus: 504 }],
    [{ kind: "httpError", httpStatus: 524 }],
  ])("%o falls and asks again at once", (ending) => {
    expect(course(SEED, [ending])[1]).toMatchObject({ kind: "lower", askAgain: "atOnce" });
  });

  test.each<[DeviceEnding]>([
    [{ kind: "httpError", httpStatus: 500 }],
    [{ kind: "httpError", httpStatus: 503 }],
    [{ kind: "httpError", httpStatus: 449 }],
    [{ kind: "unreadable" }],
    [{ kind: "unreachable" }],
  ])("%o teaches nothing and calls for a pause", (ending) => {
    expect(course(SEED, [ending])[1]).toMatchObject({ kind: "repeat", askAgain: "afterPause" });
  });
});

test("says what it concluded in plain sentences", () => {
  const moves = course(SEED, [SILENCE, SILENCE, HELD, SILENCE, LIMIT(5), PAUSED]);
  expect(moves.map((move) => move.reason)).toEqual([
    "the device starts with 15 min",
    "no answer to 15 min, so the device falls to its minimum, 8 min",
    "no answer to 8 min, and the device may ask no less",
    "8 min held, so the device tries 12 min",
    "no answer to 12 min, right after a raise, so 8 min is the longest from now on",
    "the server refused 8 min with Status 5 and takes 5 min",
    "no connection to the server, so the device asks the same again later",
  ]);
});

const KINDS: Readonly<Record<number, Move["kind"]>> = { [-1]: "lower", 0: "repeat", 1: "raise" };

/** Which way an interval may go, as a sign. */
function allowed(cause: DeviceEnding, settled: boolean): readonly number[] {
  if (cause === HELD) return settled ? [0] : [0, 1];
  return cause === SILENCE ? [0, -1] : [0];
}

test("stays within its bounds, raises only what held, and never searches above a maximum it learned", () => {
  const ending = fc.constantFrom(HELD, CHANGES, SILENCE, PAUSED);
  const settings = fc
    .tuple(fc.integer({ min: 1, max: 30 }), fc.nat(10), fc.nat(20), fc.integer({ min: 1, max: 9 }))
    .map(([minimum, below, above, increment]) => MINUTES(minimum + below, minimum, increment, minimum + below + above));
  fc.assert(
    fc.property(settings, fc.array(ending, { maxLength: 60 }), (chosen, given) => {
      const moves = course(chosen, given);
      let learned = chosen.maximumSeconds;
      for (const [index, move] of moves.entries()) {
        const before = moves[index - 1];
        const cause = given[index - 1];
        const asked = move.heartbeatIntervalSeconds;
        expect(asked).toBeGreaterThanOrEqual(chosen.minimumSeconds);
        expect(asked).toBeLessThanOrEqual(learned);
        if (before === undefined || cause === undefined) continue;
        const change = asked - before.heartbeatIntervalSeconds;
        expect(allowed(cause, before.settled)).toContain(Math.sign(change));
        expect(move.kind).toBe(KINDS[Math.sign(change)]);
        if (move.kind === "lower" && before.kind === "raise") learned = asked;
      }
    }),
    { numRuns: 200 },
  );
});

test("a device that waits in minutes takes no setting of another unit", () => {
  expect(wholeMinuteFaults(SEED)).toEqual([]);
  expect(wholeMinuteFaults({ ...SEED, initialSeconds: 901, incrementSeconds: 0.5 })).toEqual([
    "increment: found 0.5 s, expected whole seconds from 1 to 86400",
    "initial: found 901 s, expected whole minutes, because this device's Sync waits in minutes",
  ]);
});
