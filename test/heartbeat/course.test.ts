import { expect, test } from "vitest";
import { endings, HOUR, MINUTE, minutesAsked, SECOND, wire } from "./wire.ts";

const CARRIER = { idleTimeoutMs: 13 * MINUTE, mailAt: [27 * MINUTE + 5 * SECOND], durationMs: 3 * HOUR };

test.each(["windows-mobile", "windows-mobile-6.1"])("%s takes the course of Understanding Direct Push", (model) => {
  const run = wire({ model, ...CARRIER });
  expect(minutesAsked(run).slice(0, 8)).toEqual([15, 8, 12, 12, 16, 12, 12, 12]);
  expect(endings(run).slice(0, 8)).toEqual(["silence", "held", "changes", "held", "silence", "held", "held", "held"]);
  expect(run.records.slice(0, 6).map((record) => record.durationMs)).toEqual([
    15 * MINUTE + 5 * SECOND,
    8 * MINUTE,
    4 * MINUTE,
    12 * MINUTE,
    16 * MINUTE + 5 * SECOND,
    12 * MINUTE,
  ]);
  expect(run.records.map((record) => record.move.settled).slice(0, 6)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
  expect(new Set(minutesAsked(run).slice(5))).toEqual(new Set([12]));
  expect(run.records.map((record) => record.conclusion).slice(0, 6)).toEqual([
    "no answer to 15 min, so the device falls to its minimum, 8 min",
    "8 min held, so the device tries 12 min",
    "changes came while 12 min ran, so the device asks the same again",
    "12 min held, so the device tries 16 min",
    "no answer to 16 min, right after a raise, so 12 min is the longest from now on",
    "12 min held, the longest the device asks",
  ]);
});
