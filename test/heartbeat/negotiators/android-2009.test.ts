import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Android2009Negotiator, readLimitFaults } from "../../../src/heartbeat/negotiators/android-2009.ts";
import type { DeviceEnding } from "../../../src/heartbeat/negotiators/negotiator.ts";
import { ANY_ENDING } from "./moves.ts";

test("starts with the initial interval", () => {
  expect(new Android2009Negotiator({ initialSeconds: 295 }).start()).toEqual({
    kind: "first",
    heartbeatIntervalSeconds: 295,
    reason: "the device always asks 295 s",
    settled: true,
    askAgain: "atOnce",
  });
});

test.each<[DeviceEnding, "atOnce" | "afterPause", string]>([
  [{ kind: "held" }, "atOnce", "295 s held; the device always asks the same"],
  [{ kind: "changes" }, "atOnce", "changes came while 295 s ran; the device always asks the same"],
  [
    { kind: "rejected", status: 5, limitSeconds: 480 },
    "atOnce",
    "the server refused 295 s with Status 5; the device always asks the same",
  ],
  [{ kind: "httpError", httpStatus: 408 }, "atOnce", "HTTP 408 while 295 s ran; the device always asks the same"],
  [{ kind: "httpError", httpStatus: 504 }, "atOnce", "HTTP 504 while 295 s ran; the device always asks the same"],
  [{ kind: "silence" }, "afterPause", "no answer to 295 s; the device asks the same again later"],
  [{ kind: "reset" }, "afterPause", "the connection was reset while 295 s ran; the device asks the same again later"],
  [{ kind: "closed" }, "afterPause", "the connection was closed while 295 s ran; the device asks the same again later"],
  [{ kind: "unreadable" }, "afterPause", "the answer to 295 s made no sense; the device asks the same again later"],
  [{ kind: "unreachable" }, "afterPause", "no connection to the server; the device asks the same again later"],
])("learns nothing from %o", (ending, askAgain, reason) => {
  const move = new Android2009Negotiator({ initialSeconds: 295 }).conclude(ending);
  expect(move).toEqual({ kind: "repeat", heartbeatIntervalSeconds: 295, reason, settled: true, askAgain });
});

test("asks the same whatever happens", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1195 }), fc.array(ANY_ENDING), (initialSeconds, endings) => {
      const negotiator = new Android2009Negotiator({ initialSeconds });
      for (const { ending } of endings) {
        expect(negotiator.conclude(ending)).toMatchObject({
          kind: "repeat",
          heartbeatIntervalSeconds: initialSeconds,
          settled: true,
        });
      }
    }),
  );
});

test.each([
  [1195, 5000, []],
  [1196, 5000, ["initial: found 1196 s, expected 1195 s at most, as this device gives up after 20 min"]],
  [1200, 0, []],
  [1201, 0, ["initial: found 1201 s, expected 1200 s at most, as this device gives up after 20 min"]],
  [0, 5000, ["initial: found 0 s, expected whole seconds from 1 to 86400"]],
  [295, -1, ["grace: found -1 ms, expected whole milliseconds from 0 to 600000"]],
])("with %i s and a grace of %i ms, its faults are %o", (initialSeconds, graceMs, faults) => {
  const settings = { initialSeconds, minimumSeconds: 9, maximumSeconds: 9, incrementSeconds: 9, graceMs };
  expect(readLimitFaults(settings)).toEqual(faults);
});
