import type { LiveDevice, LiveState } from "../../src/report/live-state.ts";

/** What a running idlewall could have seen: a wall, an open path, an alert, two devices, requests of three intervals. */
export function liveState(said: Partial<LiveState> = {}): LiveState {
  return {
    url: "http://127.0.0.1:9443",
    version: "1.2.3",
    askedAt: "2026-11-26 14:00 UTC",
    recommendation: {
      text: "The carrier of 13 min bounds the heartbeat.",
      reasons: ["4 requests of 15 min expired there."],
      wontHelp: ["A longer time-out on the firewall."],
      hops: [
        {
          listener: "https",
          hop: "carrier",
          idleTimeoutSeconds: 780,
          recommendedSeconds: 3600,
          action: "ask",
          reason: "it is the shortest",
          source: "Understanding Direct Push",
        },
      ],
    },
    networks: [
      {
        network: "192.0.2.0/24",
        listener: "https",
        boundBy: "hop",
        text: "carrier bounds the heartbeat.",
        confidence: 1,
        devices: 2,
        heartbeats: 12,
        failed: 6,
      },
      {
        network: "198.51.100.0/24",
        listener: "https",
        boundBy: undefined,
        text: "Not enough seen yet.",
        confidence: undefined,
        devices: 1,
        heartbeats: 2,
        failed: 0,
      },
    ],
    bounds: [
      {
        network: "192.0.2.0/24",
        state: "wall",
        longestHeldSeconds: 420,
        heldSamples: 12,
        shortestFailedSeconds: 440,
        failedSamples: 3,
        confidence: 0.999,
        endedByHopsCount: 4,
      },
      {
        network: "198.51.100.0/24",
        state: "open",
        heldSamples: 0,
        failedSamples: 0,
        confidence: 0,
        endedByHopsCount: 0,
      },
    ],
    alerts: [
      {
        command: "Ping",
        raised: true,
        meanSeconds: 480,
        samples: 200,
        thresholdSeconds: 540,
        text: "(the latest 200)",
      },
      { command: "Sync", raised: false, samples: 0, thresholdSeconds: 540 },
    ],
    devices: [
      liveDevice("00000000000a", { outcomes: { held: 5, open: 1 } }),
      liveDevice("00000000000b", {
        heartbeatIntervalSeconds: undefined,
        outcomes: { expired: 2, cut: 1, lost: 3, held: 1 },
      }),
    ],
    ended: [
      { heartbeatIntervalSeconds: 480, outcome: "held" },
      { heartbeatIntervalSeconds: 480, outcome: "changes" },
      { heartbeatIntervalSeconds: 480, outcome: "held" },
      { outcome: "rejected" },
      { heartbeatIntervalSeconds: 900, outcome: "lost" },
      { heartbeatIntervalSeconds: 900, outcome: "expired" },
      { outcome: "held" },
    ],
    forgottenEvents: 7,
    ...said,
  };
}

/** A device that asks for 8 minutes. */
export function liveDevice(id: string, said: Partial<LiveDevice> = {}): LiveDevice {
  return {
    id,
    deviceType: "PocketPC",
    command: "Ping",
    heartbeatIntervalSeconds: 480,
    longestHeldSeconds: 420,
    state: "searching",
    outcomes: {},
    ...said,
  };
}
