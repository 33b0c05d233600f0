import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { endingOf } from "../../src/heartbeat/ending.ts";
import type { Exchange } from "../../src/heartbeat/events.ts";
import { Tracker } from "../../src/heartbeat/tracker.ts";
import { createTrackerSeries, type ReadFigures } from "../../src/metrics/tracker-series.ts";

/** The samples of a page, by name with labels. */
async function samples(read: ReadFigures): Promise<Readonly<Record<string, number>>> {
  const registry = new Registry();
  createTrackerSeries(registry, read);
  const lines = (await registry.metrics()).split("\n").filter((line) => line.startsWith("idlewall_"));
  return Object.fromEntries(lines.map((line) => line.split(" ")).map(([name = "", value]) => [name, Number(value)]));
}

function figuresOf(tracker: Tracker) {
  return { ...tracker.figures(), forgottenIntervals: 3 };
}

/** A tracker in which a device of a network loses requests, one after the other, each after 8 minutes. */
function lost(count: number): Tracker {
  const tracker = new Tracker({ devices: 1, networks: 1, networkOf: (source) => source });
  for (let id = 1; id <= count; id += 1) lose(tracker, id, "phone", "192.0.2.0/24");
  return tracker;
}

function lose(tracker: Tracker, id: number, deviceId: string, source: string): void {
  pass(tracker, { id, deviceId, source }, "lost", 480_000);
}

interface Passing {
  readonly id: number;
  readonly deviceId: string;
  readonly source: string;
}

function pass(tracker: Tracker, { id, deviceId, source }: Passing, outcome: "lost" | "serverFailed", ms: number): void {
  const [askedAt, endedAt] = [id * 600_000, id * 600_000 + ms];
  const device = { deviceId, user: "ann", deviceType: "SP" };
  const asked = { id, flowId: id, device, command: "Ping", heartbeatIntervalSeconds: 480, askedAt, source } as const;
  const exchange: Exchange = asked;
  const unknown = { hop: undefined, action: undefined, httpStatus: undefined, status: undefined };
  const end = { outcome, ending: endingOf(outcome, "waiting"), ...unknown } as const;
  tracker.handle({ kind: "asked", exchange, collides: id === 2 }, askedAt);
  tracker.handle({ kind: "ended", exchange, end: { ...end, endedAt } }, endedAt);
}

test("every combination of labels is there from the start, at 0, or as no number where none is known", async () => {
  const nothing = await samples(() => undefined);
  expect(Object.keys(nothing)).toHaveLength(6 + 2 + 2 * 5 + 2 * 3 + 3 + 3 + 1);
  const unknown = Object.entries(nothing).flatMap(([name, value]) => (Number.isNaN(value) ? [name] : []));
  expect(unknown).toEqual([
    'idlewall_alert_mean_seconds{command="Ping"}',
    'idlewall_alert_mean_seconds{command="Sync"}',
    "idlewall_shortest_wall_held_seconds",
    "idlewall_shortest_wall_failed_seconds",
    "idlewall_shortest_wall_confidence_ratio",
  ]);
  expect(new Set(Object.values(nothing).filter((value) => !Number.isNaN(value)))).toEqual(new Set([0]));
  expect(await samples(() => ({ ...new Tracker().figures(), forgottenIntervals: 0 }))).toEqual(nothing);
});

test("figures are shown as they are at the scrape", async () => {
  const tracker = lost(3);
  pass(tracker, { id: 4, deviceId: "phone", source: "192.0.2.0/24" }, "serverFailed", 40);
  expect(await samples(() => figuresOf(tracker))).toMatchObject({
    'idlewall_exchanges_refused_total{command="Ping"}': 1,
    'idlewall_exchanges_refused_total{command="Sync"}': 0,
    'idlewall_devices{command="Ping",state="collapsed"}': 1,
    'idlewall_devices{command="Ping",state="searching"}': 0,
    'idlewall_collisions_total{command="Ping"}': 1,
    'idlewall_alert_raised{command="Ping"}': 0,
    'idlewall_alert_mean_seconds{command="Ping"}': 480,
    'idlewall_alert_samples{command="Ping"}': 3,
    'idlewall_networks{state="wall"}': 1,
    idlewall_shortest_wall_failed_seconds: 480,
    idlewall_shortest_wall_held_seconds: NaN,
    idlewall_shortest_wall_confidence_ratio: expect.closeTo(0.999, 6),
  });
});

test("what made room for others is counted, and shown no more", async () => {
  const tracker = lost(3);
  lose(tracker, 4, "tablet", "198.51.100.0/24");
  expect(await samples(() => figuresOf(tracker))).toMatchObject({
    idlewall_devices_forgotten_total: 1,
    idlewall_intervals_forgotten_total: 3,
    idlewall_networks_forgotten_total: 1,
    'idlewall_devices{command="Ping",state="collapsed"}': 0,
    'idlewall_networks{state="wall"}': 0,
    'idlewall_networks{state="suspected"}': 1,
    idlewall_shortest_wall_failed_seconds: NaN,
  });
});

test("counts do not add up from scrape to scrape", async () => {
  const registry = new Registry();
  const tracker = lost(3);
  createTrackerSeries(registry, () => figuresOf(tracker));
  const first = await registry.metrics();
  expect(await registry.metrics()).toBe(first);
});
