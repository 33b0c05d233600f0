import { expect, test } from "vitest";
import {
  changeTo,
  endingInWords,
  inWords,
  isInterval,
  settingFaults,
  type DeviceEnding,
  type NegotiatorSettings,
} from "../../../src/heartbeat/negotiators/negotiator.ts";

const GOOD: NegotiatorSettings = {
  initialSeconds: 900,
  minimumSeconds: 480,
  maximumSeconds: 3540,
  incrementSeconds: 240,
  graceMs: 5000,
};

test.each<[string, Partial<NegotiatorSettings>, readonly string[]]>([
  ["nothing", {}, []],
  ["the bounds themselves", { initialSeconds: 1, minimumSeconds: 1, maximumSeconds: 86_400, graceMs: 0 }, []],
  ["the longest grace", { graceMs: 600_000 }, []],
  ["one interval for all", { initialSeconds: 60, minimumSeconds: 60, maximumSeconds: 60 }, []],
  ["no increment", { incrementSeconds: 0 }, ["increment: found 0 s, expected whole seconds from 1 to 86400"]],
  ["a fraction", { initialSeconds: 900.5 }, ["initial: found 900.5 s, expected whole seconds from 1 to 86400"]],
  ["more than a day", { maximumSeconds: 86_401 }, ["maximum: found 86401 s, expected whole seconds from 1 to 86400"]],
  ["no number", { minimumSeconds: Number.NaN }, ["minimum: found NaN s, expected whole seconds from 1 to 86400"]],
  ["negative grace", { graceMs: -1 }, ["grace: found -1 ms, expected whole milliseconds from 0 to 600000"]],
  ["long grace", { graceMs: 600_001 }, ["grace: found 600001 ms, expected whole milliseconds from 0 to 600000"]],
  ["broken grace", { graceMs: 0.5 }, ["grace: found 0.5 ms, expected whole milliseconds from 0 to 600000"]],
  ["initial below minimum", { initialSeconds: 479 }, ["initial: found 479 s, expected minimum, 480 s, at least"]],
  ["initial above maximum", { initialSeconds: 3541 }, ["initial: found 3541 s, expected maximum, 3540 s, at most"]],
  [
    "minimum above maximum",
    { minimumSeconds: 1000, maximumSeconds: 800 },
    [
      "minimum: found 1000 s, expected maximum, 800 s, at most",
      "initial: found 900 s, expected minimum, 1000 s, at least",
      "initial: found 900 s, expected maximum, 800 s, at most",
    ],
  ],
  [
    "several at once",
    { initialSeconds: -1, incrementSeconds: 0, graceMs: -1 },
    [
      "initial: found -1 s, expected whole seconds from 1 to 86400",
      "increment: found 0 s, expected whole seconds from 1 to 86400",
      "grace: found -1 ms, expected whole milliseconds from 0 to 600000",
    ],
  ],
])("says everything that is wrong with settings: %s", (_title, changes, faults) => {
  expect(settingFaults({ ...GOOD, ...changes })).toEqual(faults);
});

test.each<[DeviceEnding, string]>([
  [{ kind: "held" }, "8 min held"],
  [{ kind: "changes" }, "changes came while 8 min ran"],
  [{ kind: "rejected", status: 5, limitSeconds: 60 }, "the server refused 8 min with Status 5"],
  [{ kind: "silence" }, "no answer to 8 min"],
  [{ kind: "reset" }, "the connection was reset while 8 min ran"],
  [{ kind: "closed" }, "the connection was closed while 8 min ran"],
  [{ kind: "httpError", httpStatus: 504 }, "HTTP 504 while 8 min ran"],
  [{ kind: "unreadable" }, "the answer to 8 min made no sense"],
  [{ kind: "unreachable" }, "no connection to the server"],
])("begins a sentence about %o", (ending, words) => {
  expect(endingInWords(ending, 480)).toBe(words);
});

test.each([
  [60, "1 min"],
  [61, "61 s"],
  [3540, "59 min"],
])("writes an interval of %i s as people do", (seconds, words) => {
  expect(inWords(seconds)).toBe(words);
});

test.each([
  [0, false],
  [1, true],
  [1.5, false],
  [86_400, true],
  [86_401, false],
])("takes %d s for an interval or not", (seconds, taken) => {
  expect(isInterval(seconds)).toBe(taken);
});

test.each([
  [479, 480, "lower"],
  [480, 480, "repeat"],
  [481, 480, "raise"],
])("asking %i s after %i s is to %s", (next, asked, kind) => {
  expect(changeTo(next, asked)).toBe(kind);
});
