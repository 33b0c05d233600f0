import { expect, test } from "vitest";
import { logFound } from "../../src/live/found-log.ts";
import type { Log } from "../../src/live/log.ts";
import { EVERY_FOUND } from "../support/found.ts";

const DEVICE = { device: expect.stringMatching(/^[\da-f]{12}$/u), command: "Ping" };
const ALERT = { eventId: 1040, source: "MSExchange ActiveSync", command: "Ping", samples: 200, thresholdSeconds: 540 };
const WALL = { network: "192.0.2.0/24", longestHeldSeconds: 420 };

test("what is found is a line of the log: what a person should act on is a warning, and nobody is named", () => {
  const lines: (readonly unknown[])[] = [];
  const at = (level: string): Log["info"] => {
    return (...said: readonly unknown[]) => void lines.push([level, ...said]);
  };
  const log = {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    isLevelEnabled: () => true,
  };
  for (const event of EVERY_FOUND) logFound(log, event);
  expect(lines).toEqual([
    ["info", { ...DEVICE, exchange: 7, heartbeatIntervalSeconds: 900, silenceSeconds: 480 }, "an answer was not heard"],
    ["info", DEVICE, "two requests of one device at once"],
    ["warn", DEVICE, "a device asks without pause"],
    ["info", DEVICE, "a device that asked without pause has paused"],
    [
      "warn",
      { ...ALERT, meanSeconds: 480.5 },
      "event 1040: heartbeat intervals are [481] s on average for request [Ping] (the latest 200), at or below [540] s: " +
        "check that no firewall lets these requests expire before the server can answer them",
    ],
    ["info", { ...ALERT, meanSeconds: 543 }, "event 1040 is over: devices ask for longer intervals again"],
    [
      "warn",
      { ...WALL, shortestFailedSeconds: 440, confidence: 0.99900001 },
      "the path in front of a network has a time-out",
    ],
    [
      "info",
      { ...WALL, shortestFailedSeconds: undefined, confidence: 0 },
      "the path in front of a network bears more than before",
    ],
  ]);
  expect(JSON.stringify(lines)).not.toContain("secret");
});
