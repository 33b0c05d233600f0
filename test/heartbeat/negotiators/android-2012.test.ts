import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Android2012Negotiator } from "../../../src/heartbeat/negotiators/android-2012.ts";
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
  type Ended,
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

const AOSP = deviceModel("android-2012").defaults;
const ASLEEP = { graceMs: 35_000 };

function moves(given: readonly (DeviceEnding | Ended)[], settings: Partial<NegotiatorSettings> = {}) {
  return course(new Android2012Negotiator({ ...AOSP, ...settings }), given);
}

const after = (durationMs: number, ending: DeviceEnding): Ended => ({ ending, durationMs });

test.each<[string, readonly (DeviceEnding | Ended)[], readonly string[]]>([
  [
    "the climb to its maximum",
    [HELD, HELD, HELD, HELD],
    ["first 470", "raise 650", "raise 830", "raise 1010 settled", "repeat 1010 settled"],
  ],
  [
    "the freeze: an RST lowers once, and then it never raises",
    [HELD, HELD, RESET, HELD, HELD, HELD],
    [
      "first 470",
      "raise 650",
      "raise 830",
      "lower 650 settled",
      "repeat 650 settled",
      "repeat 650 settled",
      "repeat 650 settled",
    ],
  ],
  [
    "what held before is not lowered when it fails later",
    [HELD, RESET, RESET, RESET],
    ["first 470", "raise 650", "lower 470 settled", "repeat 470 settled", "repeat 470 settled"],
  ],
  ["its start is lowered to the minimum", [RESET, HELD], ["first 470", "lower 290 settled", "repeat 290 settled"]],
  [
    "a minimum that fails",
    [RESET, RESET, HELD],
    ["first 470", "lower 290 settled", "repeat 290", "repeat 290 settled"],
  ],
  ["changes teach nothing", [HELD, CHANGES, RESET], ["first 470", "raise 650", "repeat 650", "lower 470 settled"]],
  [
    "the server's maximum",
    [limit(300), HELD, RESET],
    ["first 470", "lower 300 settled", "repeat 300 settled", "repeat 300 settled"],
  ],
  [
    "the server's maximum below the minimum",
    [limit(60), RESET, HELD],
    ["first 470", "lower 60 settled", "repeat 60", "repeat 60 settled"],
  ],
  [
    "the server's minimum",
    [limit(500), RESET, HELD, HELD],
    ["first 470", "raise 500", "repeat 500", "raise 680", "raise 860"],
  ],
  [
    "the server's minimum above the maximum",
    [limit(2000), HELD],
    ["first 470", "raise 2000 settled", "repeat 2000 settled"],
  ],
  [
    "a limit of the server's thaws it",
    [HELD, RESET, limit(400), HELD, limit(900), HELD],
    [
      "first 470",
      "raise 650",
      "lower 470 settled",
      "lower 400 settled",
      "repeat 400 settled",
      "raise 900 settled",
      "repeat 900 settled",
    ],
  ],
  [
    "a limit that is no interval, or the very one",
    [limit(0), limit(-1), limit(86_401), limit(470), status(8)],
    ["first 470", ...Array(5).fill("repeat 470")],
  ],
])("searches: %s", (_title, given, expected) => {
  expect(moves(given).map(inShort)).toEqual(expected);
});

test.each<[string, DeviceEnding, string]>([
  ["an RST", RESET, "lower 650 settled"],
  ["silence", SILENCE, "lower 470 later"],
  ["a FIN", CLOSED, "lower 470 later"],
  ["an answer without sense", UNREADABLE, "lower 470 later"],
  ["no connection", UNREACHABLE, "lower 470 later"],
  ["HTTP 408", http(408), "repeat 830"],
  ["HTTP 500", http(500), "repeat 830"],
  ["HTTP 503", http(503), "repeat 830"],
  ["HTTP 504", http(504), "repeat 830"],
  ["HTTP 401", http(401), "lower 470 later"],
  ["HTTP 403", http(403), "lower 470 later"],
  ["HTTP 449", http(449), "lower 470 later"],
])("after two raises, %s leads to its move", (_title, ending, expected) => {
  expect(moves([HELD, HELD, ending]).map(inShort)[3]).toBe(expected);
});

describe("an error that ends its loop makes it forget", () => {
  test("that it was frozen", () => {
    expect(moves([HELD, RESET, CLOSED, HELD]).map(inShort).slice(2)).toEqual([
      "lower 470 settled",
      "repeat 470 later",
      "raise 650",
    ]);
  });

  test("what held", () => {
    expect(moves([HELD, CLOSED, RESET]).map(inShort).slice(2)).toEqual(["lower 470 later", "lower 290 settled"]);
  });

  test("the server's limits", () => {
    expect(
      moves([limit(300), CLOSED, HELD])
        .map(inShort)
        .slice(2),
    ).toEqual(["raise 470 later", "raise 650"]);
  });
});

describe("silence", () => {
  test.each([
    [34_999, "lower 470 later"],
    [35_000, "lower 470 settled"],
    [600_000, "lower 470 settled"],
  ])("with a grace of %i ms after a raise leads to %s: from 35 s on, the watchdog finds it", (graceMs, expected) => {
    expect(moves([HELD, SILENCE], { graceMs }).map(inShort)[2]).toBe(expected);
  });

  test("that the watchdog finds where nothing can be lowered makes it ask the same at once", () => {
    expect(moves([HELD, SILENCE, SILENCE], ASLEEP).map(inShort)).toEqual([
      "first 470",
      "raise 650",
      "lower 470 settled",
      "repeat 470 settled",
    ]);
  });
});

test.each([
  [1999, "repeat 470 later"],
  [2000, "repeat 470 settled"],
])("an RST after %i ms, where nothing can be lowered, leads to %s", (durationMs, expected) => {
  expect(moves([HELD, RESET, after(durationMs, RESET)]).map(inShort)[3]).toBe(expected);
});

describe("when the folders are out of date", () => {
  test.each([4, 7])("Status %i takes it back to the interval that its loop began with", (number) => {
    expect(
      moves([HELD, HELD, status(number), RESET])
        .map(inShort)
        .slice(2),
    ).toEqual(["raise 830", "lower 470", "repeat 470"]);
  });

  test.each([
    [1_799_999, "lower 470"],
    [1_800_000, "repeat 650"],
  ])("a loop of %i ms has led it, with the interval it stored, to %s", (durationMs, expected) => {
    expect(moves([after(durationMs, HELD), status(7)]).map(inShort)[2]).toBe(expected);
  });

  test.each([
    [1_799_999, "lower 650"],
    [1_800_000, "repeat 830"],
  ])("a second loop of %i ms has led it to %s", (durationMs, expected) => {
    const given = [after(1_800_000, HELD), after(durationMs, HELD), status(7)];
    expect(moves(given).map(inShort)[3]).toBe(expected);
  });

  test("a limit of the server's is stored at once, and begins a loop", () => {
    const given = [after(1_700_000, HELD), limit(700), after(1_700_000, HELD), status(7)];
    expect(moves(given).map(inShort)).toEqual(["first 470", "raise 650", "raise 700", "raise 880", "lower 700"]);
  });
});

test("says what it concluded in plain sentences", () => {
  const given = [HELD, HELD, HELD, HELD, http(504), limit(830), HELD, RESET, status(7), CLOSED, RESET, HELD, RESET];
  expect(moves(given).map((move) => move.reason)).toEqual([
    "the device starts with 470 s",
    "470 s held, so the device tries 650 s",
    "650 s held, so the device tries 830 s",
    "830 s held, so the device tries 1010 s",
    "1010 s held, the longest the device asks",
    "HTTP 504 while 1010 s ran, so the device asks the same again",
    "the server refused 1010 s with Status 5 and takes 830 s",
    "830 s held, the longest the device asks",
    "the connection was reset while 830 s ran, but 830 s held before, so the device asks it again",
    "the server refused 830 s with Status 7, so the device asks 830 s, which it had stored",
    "the connection was closed while 830 s ran, so the device forgets what it learned and asks 470 s later",
    "the connection was reset while 470 s ran, so the device lowers to 290 s and raises no more",
    "290 s held, and the device raises no more",
    "the connection was reset while 290 s ran, but 290 s is the least, so the device asks it again",
  ]);
});

/** The moves of a search, each with what its loop had seen before it. */
function searched(settings: NegotiatorSettings, given: readonly Ended[]) {
  const made = course(new Android2012Negotiator(settings), given);
  let longestHeld = 0;
  let lowered = false;
  return given.map(({ ending }, index) => {
    const before = made[index]?.heartbeatIntervalSeconds ?? NaN;
    const move = made[index + 1];
    const next = move?.heartbeatIntervalSeconds ?? NaN;
    const left = move?.askAgain === "afterPause";
    if (ending.kind === "held") longestHeld = Math.max(longestHeld, before);
    const step = { ending: ending.kind, before, next, left, longestHeld, lowered };
    longestHeld = left ? 0 : longestHeld;
    lowered = !left && (lowered || next < before);
    return step;
  });
}

test("lowers only above all that held, by its step and within its bounds, and never raises after it", () => {
  fc.assert(
    fc.property(ANY_SETTINGS, fc.array(ANY_UNLIMITED, { maxLength: 60 }), (settings, given) => {
      const { initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds } = settings;
      const steps = searched(settings, given);
      const within = steps.filter((step) => !step.left);
      const raises = within.filter(({ before, next }) => next > before);
      const lowers = within.filter(({ before, next }) => next < before);
      expect(steps.filter(({ left, next }) => left && next !== initialSeconds)).toEqual([]);
      expect(steps.filter(({ next }) => next < minimumSeconds || next > maximumSeconds)).toEqual([]);
      expect(raises.filter(({ ending, lowered }) => ending !== "held" || lowered)).toEqual([]);
      expect(lowers.filter(({ before, longestHeld }) => before <= longestHeld)).toEqual([]);
      expect(within.filter(({ before, next }) => Math.abs(next - before) > incrementSeconds)).toEqual([]);
    }),
  );
});

test("whatever the server says, it asks an interval that can be asked, and its moves are what they are called", () => {
  fc.assert(
    fc.property(ANY_SETTINGS, fc.array(ANY_ENDING, { maxLength: 60 }), (settings, given) => {
      const made = course(new Android2012Negotiator(settings), given);
      expect(asked(made).filter((seconds) => !isInterval(seconds))).toEqual([]);
      expect(made.slice(1).map((move) => move.kind)).toEqual(kindsByInterval(made));
    }),
  );
});

test("behind any carrier that resets between its minimum and its maximum it freezes at what holds", () => {
  fc.assert(
    fc.property(fc.integer({ min: 291, max: 1010 }), (wallSeconds) => {
      const negotiator = new Android2012Negotiator(AOSP);
      let seconds = negotiator.start().heartbeatIntervalSeconds;
      for (let index = 0; index < 10; index += 1) {
        seconds = negotiator.conclude(seconds < wallSeconds ? HELD : RESET, seconds * 1000).heartbeatIntervalSeconds;
      }
      expect(seconds).toBe(Math.max(...[290, 470, 650, 830, 1010].filter((step) => step < wallSeconds)));
    }),
  );
});
