import type { Millis } from "../core/machine.ts";

/** What a slice of the grid came to: counts, so that tallies can be put together and priced afterwards. */
export interface SliceTally {
  /** Which of the firewall's time-outs, by its place in the settings. */
  readonly point: number;
  /** Which of the repeats, from 0. */
  readonly repeat: number;
  readonly devices: number;
  /** Waiting requests that devices sent. */
  readonly heartbeats: number;
  /** All requests that devices sent, those among them. */
  readonly requests: number;
  /** Connections that devices made, each with a handshake. */
  readonly connections: number;
  /** Exchanges that the path failed. */
  readonly failed: number;
  /** Those that it failed until their devices settled, of the devices that have settled at the end. */
  readonly searchFailed: number;
  /** How often radios woke, by the tail that is counted with and its low and high end. */
  readonly wakeUps: WakeUps;
  /** Devices that had settled at the end, by the interval in s. */
  readonly settled: Counts;
  /** Devices that had not, by the place of their kind in the settings. */
  readonly unsettled: Counts;
  /** Messages that their device heard of, by the delay in whole s. */
  readonly delays: Counts;
  /** The latest intervals asked, those of all devices in the order of asking. */
  readonly asked: readonly AskedInterval[];
  /** By how much the number of requests that the server holds changes before each whole minute. */
  readonly parkedChanges: Int32Array;
  /** By how much the number of flows that the firewall remembers changes before each whole minute. */
  readonly entryChanges: Int32Array;
}

/** Counts of wake-ups, by the radio's tail. */
export interface WakeUps {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How often each number was seen. */
export type Counts = ReadonlyMap<number, number>;

/** An interval that a device asked for. */
export interface AskedInterval {
  readonly at: Millis;
  readonly device: number;
  readonly command: "Ping" | "Sync";
  readonly heartbeatIntervalSeconds: number;
}

/** Of one grid point and repeat: adds tallies up. */
export function mergeTallies(tallies: readonly SliceTally[]): readonly SliceTally[] {
  const merged = new Map<string, SliceTally>();
  for (const tally of tallies) {
    const key = `${tally.point} ${tally.repeat}`;
    const before = merged.get(key);
    merged.set(key, before === undefined ? tally : sumOf(before, tally));
  }
  return [...merged.values()].sort((left, right) => left.point - right.point || left.repeat - right.repeat);
}

/** Adds counts up. */
export function sumOfCounts(all: readonly Counts[]): Counts {
  const sum = new Map<number, number>();
  for (const counts of all) for (const [number, count] of counts) sum.set(number, (sum.get(number) ?? 0) + count);
  return sum;
}

/** How many there are of all numbers. */
export function countOf(counts: Counts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

/** How many of the latest intervals asked are kept: as many as Exchange's alert looks at, of each command. */
export const ASKED_KEPT = 200;

/** The latest of these intervals, of each command apart, in the order of asking. */
export function latestAsked(asked: readonly AskedInterval[]): readonly AskedInterval[] {
  const inOrder = asked.toSorted((left, right) => left.at - right.at || left.device - right.device);
  return (["Ping", "Sync"] as const).flatMap((command) =>
    inOrder.filter((each) => each.command === command).slice(-ASKED_KEPT),
  );
}

function sumOf(left: SliceTally, right: SliceTally): SliceTally {
  return {
    point: left.point,
    repeat: left.repeat,
    devices: left.devices + right.devices,
    heartbeats: left.heartbeats + right.heartbeats,
    requests: left.requests + right.requests,
    connections: left.connections + right.connections,
    failed: left.failed + right.failed,
    searchFailed: left.searchFailed + right.searchFailed,
    wakeUps: {
      value: left.wakeUps.value + right.wakeUps.value,
      low: left.wakeUps.low + right.wakeUps.low,
      high: left.wakeUps.high + right.wakeUps.high,
    },
    settled: sumOfCounts([left.settled, right.settled]),
    unsettled: sumOfCounts([left.unsettled, right.unsettled]),
    delays: sumOfCounts([left.delays, right.delays]),
    asked: latestAsked([...left.asked, ...right.asked]),
    parkedChanges: left.parkedChanges.map((change, minute) => change + Number(right.parkedChanges[minute])),
    entryChanges: left.entryChanges.map((change, minute) => change + Number(right.entryChanges[minute])),
  };
}
