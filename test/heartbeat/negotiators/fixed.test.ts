import { expect, test } from "vitest";
import { FixedNegotiator } from "../../../src/heartbeat/negotiators/fixed.ts";
import type { DeviceEnding } from "../../../src/heartbeat/negotiators/negotiator.ts";

test("starts with the initial interval", () => {
  expect(new FixedNegotiator({ initialSeconds: 600 }).start()).toEqual({
    kind: "first",
    heartbeatIntervalSeconds: 600,
    reason: "the device always asks 10 min",
    settled: true,
    askAgain: "atOnce",
  });
});

test.each<[DeviceEnding, "atOnce" | "afterPause"]>([
  [{ kind: "held" }, "atOnce"],
  [{ kind: "changes" }, "atOnce"],
  [{ kind: "silence" }, "atOnce"],
  [{ kind: "reset" }, "atOnce"],
  [{ kind: "closed" }, "atOnce"],
  [{ kind: "rejected", status: 3 }, "atOnce"],
  [{ kind: "rejected", status: 5, limitSeconds: 600 }, "atOnce"],
  [{ kind: "rejected", status: 5, limitSeconds: -5 }, "atOnce"],
  [{ kind: "httpError", httpStatus: 504 }, "afterPause"],
  [{ kind: "unreadable" }, "afterPause"],
  [{ kind: "unreachable" }, "afterPause"],
])("asks the same again after %o", (ending, askAgain) => {
  const move = new FixedNegotiator({ initialSeconds: 600 }).conclude(ending);
  expect(move).toMatchObject({ kind: "repeat", heartbeatIntervalSeconds: 600, settled: true, askAgain });
});

test.each([
  [60, "lower"],
  [900, "raise"],
])("obeys the server's limit of %i s, without which it could never wait", (limitSeconds, kind) => {
  const negotiator = new FixedNegotiator({ initialSeconds: 600 });
  const rejected: DeviceEnding = { kind: "rejected", status: 5, limitSeconds };
  expect(negotiator.conclude(rejected)).toMatchObject({ kind, heartbeatIntervalSeconds: limitSeconds });
  expect(negotiator.conclude({ kind: "silence" })).toMatchObject({ heartbeatIntervalSeconds: limitSeconds });
});
