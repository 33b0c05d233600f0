import { expect, test } from "vitest";
import {
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
  ["no increment", { incrementSeconds: 0 }, ["increment is 0 s; expected whole seconds from 1 to 86400"]],
  ["a fraction", { initialSeconds: 900.5 }, ["initial is 900.5 s; expected whole seconds from 1 to 86400"]],
  ["more than a day", { maximumSeconds: 86_401 }, ["maximum is 86401 s; expected whole seconds from 1 to 86400"]],
  ["no number", { minimumSeconds: Number.NaN }, ["minimum is NaN s; expected whole seconds from 1 to 86400"]],
  ["negative grace", { graceMs: -1 }, ["grace is -1 ms; expected whole milliseconds from 0 to 600000"]],
  ["long grace", { graceMs: 600_001 }, ["grace is 600001 ms; expected whole milliseconds from 0 to 600000"]],
  ["broken grace", { graceMs: 0.5 }, ["grace is 0.5 ms; expected whole milliseconds from 0 to 600000"]],
  ["initial below minimum", { initialSeconds: 479 }, ["initial (479 s) is below minimum (480 s)"]],
  ["initial above maximum", { initialSeconds: 3541 }, ["initial (3541 s) is above maximum (3540 s)"]],
  [
    "minimum above maximum",
    { minimumSeconds: 1000, maximumSeconds: 800 },
    [
      "minimum (1000 s) is above maximum (800 s)",
      "initial (900 s) is below minimum (1000 s)",
      "initial (900 s) is above maximum (800 s)",
    ],
  ],
  [
    "several at once",
    { initialSeconds: -1, incrementSeconds: 0, graceMs: -1 },
    [
      "initial is -1 s; expected whole seconds from 1 to 86400",
      "increment is 0 s; expected whole seconds from 1 to 86400",
      "grace is -1 ms; expected whole milliseconds from 0 to 600000",
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
