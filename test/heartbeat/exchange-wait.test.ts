import { expect, test } from "vitest";
import type { Exchange, ExchangeEnd } from "../../src/heartbeat/events.ts";
import {
  borneSeconds,
  failedSeconds,
  heldSeconds,
  intervalPassed,
  frontFailed,
} from "../../src/heartbeat/exchange-wait.ts";

const ASKED_AT = 5000;

function exchange(heartbeatIntervalSeconds: number | undefined): Exchange {
  const device = { deviceId: "d", user: "u", deviceType: "SP" };
  return { id: 1, flowId: 1, device, command: "Ping", heartbeatIntervalSeconds, askedAt: ASKED_AT };
}

function end(endedAt: number): ExchangeEnd {
  return { outcome: "held", hop: undefined, action: undefined, ending: "--", httpStatus: 200, status: 1, endedAt };
}

test.each([
  [900, 898_999, false],
  [900, 899_000, true],
  [900, 900_000, true],
  [undefined, 900_000, false],
])("an interval of %s s has passed after %d ms: %s", (seconds, waitedMs, passed) => {
  expect(intervalPassed(exchange(seconds), ASKED_AT + waitedMs)).toBe(passed);
});

test.each([
  ["the interval, when the answer came at its end", 900, 900_050, 900],
  ["the interval, when the answer came less than a second early", 900, 899_200, 900],
  ["the time that passed, when the server answered before", 900, 10_900, 10],
  ["the time that passed, when the interval is not known", undefined, 61_999, 61],
])("a held exchange went through %s", (_, seconds, waitedMs, held) => {
  expect(heldSeconds(exchange(seconds), end(ASKED_AT + waitedMs))).toBe(held);
});

test.each([
  [480, 480_000, 480, 480],
  [480, 480_700, 480, 480],
  [480, 479_300, 479, 480],
  [480, 439_999, 439, 440],
  [undefined, 100_001, 100, 101],
])("an exchange of %s s that ended after %d ms bore %i s or failed in %i s", (seconds, waitedMs, borne, failed) => {
  const endedAt = ASKED_AT + waitedMs;
  expect([borneSeconds(exchange(seconds), endedAt), failedSeconds(exchange(seconds), endedAt)]).toEqual([
    borne,
    failed,
  ]);
});

test.each([
  ["lost, its connection gone early", 480, 100_000, "lost", undefined, true],
  ["lost by a device that returned a millisecond before its interval's end", 480, 479_999, "lost", true, false],
  ["lost by a device that returned at its interval's end", 480, 480_000, "lost", true, true],
  ["lost by a device that returned from an interval nobody knows", undefined, 480_000, "lost", true, false],
  ["held", 480, 480_000, "held", undefined, false],
  ["expired on a hop of ours", 480, 440_000, "expired", undefined, false],
] as const)("the path has failed, or not, in an exchange %s", (...[, seconds, waitedMs, outcome, returned, failed]) => {
  const ended = { ...end(ASKED_AT + waitedMs), outcome, returned };
  expect(frontFailed(exchange(seconds), ended)).toBe(failed);
});
