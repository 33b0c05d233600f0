import { expect, test } from "vitest";
import { eventSchema } from "../../src/control/api/event-schemas.ts";
import { tell } from "../../src/control/api/told.ts";
import { EVERY_FOUND } from "../support/found.ts";

const TELLER = { deviceHash: () => "0123456789ab" };

const DEVICE = { at: 5000, device: "0123456789ab", deviceType: "SP", command: "Ping" };
const ALERT = { at: 5000, command: "Ping", samples: 200, thresholdSeconds: 540 };
const WALL = { at: 5000, network: "192.0.2.0/24", longestHeldSeconds: 420, heldSamples: 12 };
const FAILED = { state: "wall", shortestFailedSeconds: 440, failedSamples: 3, confidence: 0.999 };

test("what is found is told as the schema of events says, a device as its hash, a network as what it is", () => {
  const told = EVERY_FOUND.map((event, index) => tell({ kind: "found", event }, index + 1, TELLER));
  expect(told).toEqual([
    { id: 1, kind: "unheard", ...DEVICE, exchange: 7, heartbeatIntervalSeconds: 900, silenceSeconds: 480 },
    { id: 2, kind: "collided", ...DEVICE },
    { id: 3, kind: "stormBegan", ...DEVICE },
    { id: 4, kind: "stormEnded", ...DEVICE },
    { id: 5, kind: "alertRaised", ...ALERT, meanSeconds: 480.5, text: expect.stringContaining("[481] s on average") },
    { id: 6, kind: "alertCleared", ...ALERT, meanSeconds: 543 },
    { id: 7, kind: "wallFound", ...WALL, ...FAILED },
    { id: 8, kind: "wallLifted", ...WALL, state: "open", failedSamples: 0, confidence: 0 },
  ]);
  for (const event of told) expect(eventSchema.parse(JSON.parse(JSON.stringify(event)))).toEqual(event);
  expect(JSON.stringify(told)).not.toContain("secret");
});

test("a device's id is told where that is allowed, its user never", () => {
  const told = EVERY_FOUND.map((event) => tell({ kind: "found", event }, 1, { ...TELLER, revealDevices: true }));
  expect(told.flatMap((event) => ("deviceId" in event ? [event.deviceId] : []))).toEqual(
    Array.from({ length: 4 }, () => "secret-device"),
  );
  expect(JSON.stringify(told)).not.toContain("secret-user");
});
