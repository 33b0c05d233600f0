import { expect, test } from "vitest";
import { gridFrom } from "../../src/cli/size-grid.ts";

const MINUTE = 60;

const NOTHING = { within: [], always: [] };

test.each([
  ["5m..60m", Array.from({ length: 12 }, (_, index) => (index + 1) * 5 * MINUTE)],
  ["10m..20m", Array.from({ length: 11 }, (_, index) => (index + 10) * MINUTE)],
  ["5m..60m/20m", [300, 1500, 2700, 3600]],
  ["30m,10m,10m, 15m", [600, 900, 1800]],
  ["30s..90s", Array.from({ length: 13 }, (_, index) => 30 + index * 5)],
  ["13m", [780]],
  ["13m..13m", [780]],
  ["1h..30h", [...Array.from({ length: 10 }, (_, index) => 3600 + index * 10_800), 108_000]],
])("%s", (text, seconds) => {
  expect(gridFrom(text, NOTHING)).toEqual(seconds);
});

test("what is notable is tried too where it lies in the range, and never beside a list", () => {
  const notable = { within: [60, 600, 780, 7200], always: [] };
  expect(gridFrom("10m..20m/5m", notable)).toEqual([600, 780, 900, 1200]);
  expect(gridFrom("10m,20m", notable)).toEqual([600, 1200]);
});

test("what is set today is tried wherever it lies", () => {
  const notable = { within: [], always: [300] };
  expect(gridFrom("10m..20m/5m", notable)).toEqual([300, 600, 900, 1200]);
  expect(gridFrom("5m,10m", notable)).toEqual([300, 600]);
  expect(gridFrom("10m", notable)).toEqual([300, 600]);
});

test.each([
  ["500ms", "500ms"],
  ["500ms..10m", "500ms"],
  ["5m..10m/100ms", "100ms"],
])("%s is refused for %s", (text, found) => {
  expect(() => gridFrom(text, NOTHING)).toThrow(`--firewall: found "${found}", expected 1s at least`);
});
