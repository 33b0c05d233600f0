import { assert, integer, property } from "fast-check";
import { describe, expect, test } from "vitest";
import { LONGEST_DURATION_MS, formatDuration, parseDuration } from "../../src/profile/durations.ts";

describe("a written duration", () => {
  test.each([
    ["13m", 780_000],
    ["350s", 350_000],
    ["1h30m", 5_400_000],
    ["250ms", 250],
    ["2d", 172_800_000],
    ["90m", 5_400_000],
    ["1d2h3m4s5ms", 93_784_005],
    ["007m", 420_000],
    ["1ms", 1],
    ["30d", LONGEST_DURATION_MS],
    ["29d24h", LONGEST_DURATION_MS],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    ["780", /found "780", a number without a unit/u],
    ["1.5", /a number without a unit/u],
    ["-5", /a number without a unit/u],
    ["-5m", /a negative duration/u],
    ["", /found "", expected a duration with a unit, such as 13m/u],
    ["m", /expected a duration with a unit/u],
    ["1.5h", /expected a duration with a unit/u],
    ["13 m", /expected a duration with a unit/u],
    [" 13m", /expected a duration with a unit/u],
    ["13m\n", /expected a duration with a unit/u],
    ["13min", /the unknown unit "min"/u],
    ["13M", /the unknown unit "M"/u],
    ["1w", /the unknown unit "w"/u],
    ["0m", /expected more than zero/u],
    ["0h0m", /expected more than zero/u],
    ["30m1h", /every unit once, the largest first/u],
    ["5m5m", /every unit once, the largest first/u],
    ["30d1ms", /expected 30d at most/u],
    ["999999999999999999999d", /expected 30d at most/u],
    [`${"9".repeat(400)}d`, /expected 30d at most/u],
  ])("%j is refused with what was found and what was expected", (text, message) => {
    expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: "E_DURATION_INVALID" }));
    expect(() => parseDuration(text)).toThrow(message);
  });
});

describe("a duration for people", () => {
  test.each([
    [780_000, "13m"],
    [440_000, "7m20s"],
    [350_000, "5m50s"],
    [5_400_000, "1h30m"],
    [172_800_000, "2d"],
    [250, "250ms"],
    [1001, "1s1ms"],
    [999.6, "1s"],
    [0, "0s"],
    [0.4, "0s"],
    [-1000, "-1s"],
  ])("%d ms is %s", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test("is read back as the same duration", () => {
    assert(
      property(integer({ min: 1, max: LONGEST_DURATION_MS }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });
});
