import { expect, test } from "vitest";
import type { Exchange, ExchangeEnd } from "../../src/heartbeat/events.ts";
import { heldSeconds, intervalPassed } from "../../src/heartbeat/exchange-wait.ts";

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
