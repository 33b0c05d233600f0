import { describe, expect, test } from "vitest";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import { endingOf } from "../../src/heartbeat/ending.ts";
import type { HeartbeatEvent } from "../../src/heartbeat/events.ts";
import type { TrackerEvent } from "../../src/heartbeat/tracker-events.ts";
import { Tracking, type TrackingSettings } from "../../src/live/emulator-tracking.ts";

/** Tracking in virtual time. */
class Tracked {
  readonly scheduler = new VirtualScheduler();
  readonly told: TrackerEvent[] = [];
  readonly tracking: Tracking;
  #id = 0;

  constructor(settings: TrackingSettings = {}) {
    this.tracking = new Tracking(settings, this.scheduler, (event) => this.told.push(event));
  }

  asks(deviceId: string, source = "192.0.2.77", collides = false): readonly TrackerEvent[] {
    this.#id += 1;
    const device = { deviceId, user: "ann", deviceType: "SP" };
    const common = { id: this.#id, flowId: this.#id, device, heartbeatIntervalSeconds: 480, source };
    const exchange = { ...common, command: "Ping", askedAt: this.scheduler.now() } as const;
    return this.tracking.observe({ kind: "asked", exchange, collides });
  }

  loses(deviceId: string, source: string): void {
    this.asks(deviceId, source);
    const device = { deviceId, user: "ann", deviceType: "SP" };
    const common = { id: this.#id, flowId: this.#id, device, heartbeatIntervalSeconds: 480, source };
    const exchange = { ...common, command: "Ping", askedAt: this.scheduler.now() } as const;
    const unknown = { hop: undefined, action: undefined, httpStatus: undefined, status: undefined };
    const ending = endingOf("lost", "waiting");
    const end = { outcome: "lost", ending, ...unknown, endedAt: this.scheduler.now() } as const;
    const ended: HeartbeatEvent = { kind: "ended", exchange, end };
    this.tracking.observe(ended);
  }
}

test("what an event shows is given to whoever tells that event, what time shows is told by itself", () => {
  const tracked = new Tracked();
  expect(tracked.asks("phone", "192.0.2.77", true)).toMatchObject([{ kind: "collided" }]);
  const storm = Array.from({ length: 9 }, () => tracked.asks("phone")).flat();
  expect(storm).toMatchObject([{ kind: "stormBegan", at: 0 }]);
  expect(tracked.told).toEqual([]);
  tracked.scheduler.runUntil(60_000);
  expect(tracked.told).toMatchObject([{ kind: "stormEnded", at: 60_000 }]);
});

test("nothing is learnt or told once it is stopped", () => {
  const tracked = new Tracked();
  for (let count = 0; count < 10; count += 1) tracked.asks("phone");
  tracked.tracking.stop();
  tracked.scheduler.runUntil(600_000);
  expect([tracked.told, tracked.asks("phone", "192.0.2.77", true)]).toEqual([[], []]);
});

describe("what is followed", () => {
  test.each([
    [{}, ["192.0.2.0/24", "2001:db8:1::/48"]],
    [{ ipv4Prefix: 16, ipv6Prefix: 32 }, ["192.0.0.0/16", "2001:db8::/32"]],
    [{ networks: 1 }, ["2001:db8:1::/48"]],
  ])("are, with %j, the networks %j", (settings, networks) => {
    const tracked = new Tracked(settings);
    tracked.loses("phone", "192.0.2.77");
    tracked.loses("phone", "2001:db8:1:2::3");
    expect(tracked.tracking.tracker.networks().map(({ network }) => network)).toEqual(networks);
  });

  test("are as many devices as it may be, the longest unseen forgotten first", () => {
    const tracked = new Tracked({ devices: 2 });
    for (const deviceId of ["phone", "tablet", "watch"]) tracked.asks(deviceId);
    const devices = tracked.tracking.tracker.negotiations().map(({ device }) => device.deviceId);
    expect([devices, tracked.tracking.tracker.figures().forgottenDevices]).toEqual([["tablet", "watch"], 1]);
  });
});
