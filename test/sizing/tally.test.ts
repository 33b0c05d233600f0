import { expect, test } from "vitest";
import { type AskedInterval, latestAsked, mergeTallies } from "../../src/sizing/tally.ts";
import { tallyOf } from "./tallies.ts";

function asked(at: number, device: number, command: AskedInterval["command"] = "Ping"): AskedInterval {
  return { at, device, command, heartbeatIntervalSeconds: 480 };
}

test("tallies of one time-out and repeat are added up, others stay apart, in order", () => {
  const merged = mergeTallies([
    tallyOf({ point: 1, failed: 1 }),
    tallyOf({ repeat: 1, failed: 2 }),
    tallyOf({ failed: 4 }),
    tallyOf({ point: 1, failed: 8 }),
  ]);
  expect(merged.map(({ point, repeat, failed }) => [point, repeat, failed])).toEqual([
    [0, 0, 4],
    [0, 1, 2],
    [1, 0, 9],
  ]);
});

test("everything that is counted is added up", () => {
  const left = tallyOf({
    devices: 2,
    heartbeats: 3,
    requests: 5,
    connections: 7,
    failed: 1,
    wakeUps: { value: 1, low: 2, high: 3 },
    settled: new Map([[480, 1]]),
    delays: new Map([[0, 4]]),
    asked: [asked(5, 1)],
    parkedChanges: Int32Array.of(2, 0, -1),
    entryChanges: Int32Array.of(1, 1, 0),
  });
  const right = { ...left, settled: new Map([[720, 2]]), delays: new Map([[0, 1]]), asked: [asked(4, 2)] };
  expect(mergeTallies([left, right])).toEqual([
    tallyOf({
      devices: 4,
      heartbeats: 6,
      requests: 10,
      connections: 14,
      failed: 2,
      wakeUps: { value: 2, low: 4, high: 6 },
      settled: new Map([
        [480, 1],
        [720, 2],
      ]),
      delays: new Map([[0, 5]]),
      asked: [asked(4, 2), asked(5, 1)],
      parkedChanges: Int32Array.of(4, 0, -2),
      entryChanges: Int32Array.of(2, 2, 0),
    }),
  ]);
});

test("a tally crosses to another thread as it is", () => {
  const tally = tallyOf({ settled: new Map([[480, 1]]), asked: [asked(1, 1)] });
  expect(structuredClone(tally)).toEqual(tally);
});

test("of intervals asked the latest 200 of each command are kept, those of one instant in the order of devices", () => {
  const many = Array.from({ length: 300 }, (_, at) => [asked(at, 2), asked(at, 1), asked(at, 3, "Sync")]).flat();
  const latest = latestAsked(many);
  const pings = latest.filter(({ command }) => command === "Ping");
  expect([latest.length, pings.length]).toEqual([400, 200]);
  expect(pings.slice(0, 2)).toEqual([asked(200, 1), asked(200, 2)]);
});
