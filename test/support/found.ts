import type { Bracket } from "../../src/heartbeat/bounds.ts";
import type { TrackerEvent } from "../../src/heartbeat/tracker-events.ts";

const BRACKET: Bracket = {
  state: "wall",
  longestHeldSeconds: 420,
  heldSamples: 12,
  shortestFailedSeconds: 440,
  failedSamples: 3,
  confidence: 0.99900001,
};

const OF_DEVICE = {
  device: { deviceId: "secret-device", user: "secret-user", deviceType: "SP" },
  command: "Ping",
  at: 5000,
} as const;

const ALERT = { command: "Ping", meanSeconds: 480.5, samples: 200 } as const;

/** One of every kind of event that is found in heartbeats. */
export const EVERY_FOUND: readonly TrackerEvent[] = [
  { kind: "unheard", exchange: 7, heartbeatIntervalSeconds: 900, silenceSeconds: 480, ...OF_DEVICE },
  { kind: "collided", ...OF_DEVICE },
  { kind: "stormBegan", ...OF_DEVICE },
  { kind: "stormEnded", ...OF_DEVICE },
  { kind: "alertRaised", alert: { ...ALERT, raised: true }, at: 5000 },
  { kind: "alertCleared", alert: { ...ALERT, raised: false, meanSeconds: 543 }, at: 5000 },
  { kind: "wallFound", network: "192.0.2.0/24", bracket: BRACKET, at: 5000 },
  {
    kind: "wallLifted",
    network: "192.0.2.0/24",
    bracket: { ...BRACKET, state: "open", shortestFailedSeconds: undefined, failedSamples: 0, confidence: 0 },
    at: 5000,
  },
];
