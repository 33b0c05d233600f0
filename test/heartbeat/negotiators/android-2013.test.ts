import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Android2013Negotiator } from "../../../src/heartbeat/negotiators/android-2013.ts";
import { deviceModel } from "../../../src/heartbeat/negotiators/models.ts";
import {
  type DeviceEnding,
  isInterval,
  type NegotiatorSettings,
} from "../../../src/heartbeat/negotiators/negotiator.ts";
import {
  ANY_ENDING,
  ANY_SETTINGS,
  ANY_UNLIMITED,
  asked,
  CHANGES,
  CLOSED,
  course,
  HELD,
  http,
  inShort,
  kindsByInterval,
  limit,
  RESET,
  SILENCE,
  status,
  UNREADABLE,
  UNREACHABLE,
} from "./moves.ts";

const AOSP = deviceModel("android-2013").defaults;

function moves(given: readonly DeviceEnding[], settings: Partial<NegotiatorSettings> = {}) {
  return course(new Android2013Negotiator({ ...AOSP, ...settings }), given);
}

test.each<[string, readonly DeviceEnding[], readonly string[]]>([
  [
    "the climb to its maximum",
    [HELD, HELD, HELD, HELD, HELD],
    ["first 480", "raise 780", "raise 1080", "raise 1380", "raise 1680 settled", "repeat 1680 settled"],
  ],
  [
    "the swing between two steps",
    [HELD, SILENCE, HELD, SILENCE, HELD],
    ["first 480", "raise 780", "lower 480", "raise 780", "lower 480", "raise 780"],
  ],
  ["a minimum that fails", [SILENCE, RESET, CLOSED], ["first 480", "repeat 480", "repeat 480", "repeat 480"]],
  ["changes teach nothing", [HELD, CHANGES, SILENCE], ["first 480", "raise 780", "repeat 780", "lower 480"]],
  [
    "every Status but 1 and 5 teaches nothing",
    [3, 4, 6, 7, 8].map(status),
    ["first 480", ...Array(5).fill("repeat 480")],
  ],
  [
    "the server's limit as it is, without bounds",
    [limit(60), HELD, limit(3600), HELD, limit(3600)],
    ["first 480", "lower 60", "raise 360", "raise 3600", "lower 1680 settled", "raise 3600"],
  ],
  ["a failure below its minimum", [limit(60), SILENCE], ["first 480", "lower 60", "raise 480"]],
  [
    "a limit that is no interval, or the very one",
    [limit(0), limit(-1), limit(86_401), limit(480)],
    ["first 480", ...Array(4).fill("repeat 480")],
  ],
])("searches: %s", (_title, given, expected) => {
  expect(moves(given).map(inShort)).toEqual(expected);
});

test.each<[DeviceEnding, string]>([
  [RESET, "lower 480"],
  [SILENCE, "lower 480"],
  [CLOSED, "lower 480"],
  [UNREADABLE, "lower 480"],
  [UNREACHABLE, "lower 480 later"],
  [http(408), "repeat 780"],
  [http(500), "repeat 780"],
  [http(502), "repeat 780"],
  [http(503), "repeat 780"],
  [http(504), "repeat 780"],
])("after a raise, %o leads to %s", (ending, expected) => {
  expect(moves([HELD, ending]).map(inShort)[2]).toBe(expected);
});

test.each([
  [779, [480, 779, 779]],
  [780, [480, 780, 780]],
  [781, [480, 780, 781]],
])("a step is cut at a maximum of %i s", (maximumSeconds, expected) => {
  expect(asked(moves([HELD, HELD], { maximumSeconds }))).toEqual(expected);
});

test.each([
  [779, [1080, 780, 779]],
  [780, [1080, 780, 780]],
  [781, [1080, 781, 781]],
])("a step is cut at a minimum of %i s", (minimumSeconds, expected) => {
  expect(asked(moves([SILENCE, SILENCE], { initialSeconds: 1080, minimumSeconds }))).toEqual(expected);
});

test("one interval for all is settled while it holds, and not when it fails", () => {
  const one = moves([HELD, SILENCE, CHANGES], { maximumSeconds: 480 });
  expect(one.map(inShort)).toEqual(["first 480", "repeat 480 settled", "repeat 480", "repeat 480 settled"]);
});

test("says what it concluded in plain sentences", () => {
  const given = [SILENCE, HELD, RESET, http(504), limit(60), SILENCE, limit(1800), HELD, HELD, CHANGES];
  expect(moves(given).map((move) => move.reason)).toEqual([
    "the device starts with 8 min",
    "no answer to 8 min, and the device may ask no less",
    "8 min held, so the device tries 13 min",
    "the connection was reset while 13 min ran, so the device goes back to 8 min",
    "HTTP 504 while 8 min ran, which is no failure to the device: it asks the same again",
    "the server refused 8 min with Status 5 and takes 1 min",
    "no answer to 1 min, but 8 min is the least that the device asks",
    "the server refused 8 min with Status 5 and takes 30 min",
    "30 min held, but 28 min is the most that the device asks",
    "28 min held, the longest the device asks",
    "changes came while 28 min ran, so the device asks the same again",
  ]);
});

/** What a device that asked so long asks after an end, by the two lines of its source that say so. */
function nextAfter(ending: DeviceEnding, before: number, settings: NegotiatorSettings): number {
  const { minimumSeconds, maximumSeconds, incrementSeconds } = settings;
  if (ending.kind === "held") return Math.min(before + incrementSeconds, maximumSeconds);
  return FAILURES.has(ending.kind) ? Math.max(before - incrementSeconds, minimumSeconds) : before;
}

const FAILURES = new Set<DeviceEnding["kind"]>(["silence", "reset", "closed", "unreadable", "unreachable"]);

test("moves by its step within its bounds, up only after an answer, down only after none", () => {
  fc.assert(
    fc.property(ANY_SETTINGS, fc.array(ANY_UNLIMITED, { maxLength: 60 }), (settings, given) => {
      const seconds = asked(course(new Android2013Negotiator(settings), given));
      const expected = given.map(({ ending }, index) => nextAfter(ending, seconds[index] ?? NaN, settings));
      expect(seconds.slice(1)).toEqual(expected);
    }),
  );
});

test("whatever the server says, it asks an interval that can be asked, and its moves are what they are called", () => {
  fc.assert(
    fc.property(ANY_SETTINGS, fc.array(ANY_ENDING, { maxLength: 60 }), (settings, given) => {
      const made = course(new Android2013Negotiator(settings), given);
      expect(asked(made).filter((seconds) => !isInterval(seconds))).toEqual([]);
      expect(made.slice(1).map((move) => move.kind)).toEqual(kindsByInterval(made));
    }),
  );
});

test("behind any time-out between its minimum and its maximum it swings for ever", () => {
  const wall = fc.integer({ min: 481, max: 1680 });
  fc.assert(
    fc.property(wall, (wallSeconds) => {
      const negotiator = new Android2013Negotiator(AOSP);
      let seconds = negotiator.start().heartbeatIntervalSeconds;
      const all = Array.from({ length: 40 }, () => {
        seconds = negotiator.conclude(seconds < wallSeconds ? HELD : SILENCE).heartbeatIntervalSeconds;
        return seconds;
      });
      const tail = all.slice(20);
      const [first = 0, second = 0] = tail;
      expect(Math.abs(first - second)).toBe(300);
      expect(tail).toEqual(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? first : second)));
      expect(Math.min(first, second)).toBeLessThan(wallSeconds);
      expect(Math.max(first, second)).toBeGreaterThanOrEqual(wallSeconds);
    }),
  );
});
