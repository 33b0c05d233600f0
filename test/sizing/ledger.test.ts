import { describe, expect, test } from "vitest";
import { Ledger } from "../../src/sizing/ledger.ts";
import type { Moment } from "../../src/sizing/moment.ts";
import { HOUR, MINUTE, SECOND } from "./scenarios.ts";

const TAILS = { value: 10 * SECOND, low: 6 * SECOND, high: 12 * SECOND };

function ledgerUntil(endsAt: number, searchEndsAt = -Infinity): Ledger {
  const ledger = new Ledger({
    point: 1,
    kind: 2,
    repeat: 2,
    command: "Ping",
    tailsMs: TAILS,
    searchEndsAt,
    settledFrom: endsAt - MINUTE,
    endsAt,
  });
  ledger.begin(1);
  return ledger;
}

function momentOf(over: Partial<Moment> = {}): Moment {
  return {
    at: 0,
    asked: [],
    requests: 0,
    connections: 0,
    failed: 0,
    radio: false,
    search: undefined,
    heard: 0,
    parked: 0,
    entries: 0,
    ...over,
  };
}

test("what happens up to the end counts, that of the very instant included", () => {
  const ledger = ledgerUntil(HOUR);
  const moment = momentOf({ asked: [480], requests: 3, connections: 1, failed: 1, radio: true });
  for (const at of [0, HOUR, HOUR + 1]) ledger.take(moment, at);
  expect(ledger.tally()).toMatchObject({
    point: 1,
    repeat: 2,
    devices: 1,
    heartbeats: 2,
    requests: 6,
    connections: 2,
    failed: 2,
    wakeUps: { value: 2, low: 2, high: 2 },
  });
});

test("a radio that is used within its tail does not wake, by any of three tails", () => {
  const ledger = ledgerUntil(HOUR);
  for (const at of [0, 8, 18, 29, 42]) ledger.take(momentOf({ radio: true }), at * SECOND);
  expect(ledger.tally().wakeUps).toEqual({ value: 3, low: 5, high: 2 });
});

test("each device's radio sleeps at first", () => {
  const ledger = ledgerUntil(HOUR);
  ledger.take(momentOf({ radio: true }), 0);
  ledger.begin(2);
  ledger.take(momentOf({ radio: true }), 1);
  expect(ledger.tally()).toMatchObject({ devices: 2, wakeUps: { value: 2, low: 2, high: 2 } });
});

test("levels change with the first whole minute that is not before the change", () => {
  const ledger = ledgerUntil(3 * MINUTE);
  ledger.take(momentOf({ parked: 1 }), 0);
  ledger.take(momentOf({ entries: 2 }), 1);
  ledger.take(momentOf({ parked: -1, entries: -1 }), 3 * MINUTE);
  ledger.take(momentOf({ parked: 5 }), 3 * MINUTE + 1);
  const { parkedChanges, entryChanges } = ledger.tally();
  expect([...parkedChanges]).toEqual([1, 0, 0, -1]);
  expect([...entryChanges]).toEqual([0, 2, 0, -1]);
});

test("a level that changes behind the last whole minute does not show", () => {
  const ledger = ledgerUntil(90 * SECOND);
  ledger.take(momentOf({ parked: 1 }), 70 * SECOND);
  expect([...ledger.tally().parkedChanges]).toEqual([0, 0]);
});

test("delays are counted in whole seconds", () => {
  const ledger = ledgerUntil(HOUR);
  for (const delayMs of [0, 0, 400, 600, 61_499]) ledger.hear(1, delayMs);
  const delays = new Map([
    [0, 3],
    [1, 1],
    [61, 1],
  ]);
  expect(ledger.tally().delays).toEqual(delays);
  expect(ledger.tally().delays).toEqual(delays);
});

test("a device counts as settled by what its search has come to at the end", () => {
  const ledger = ledgerUntil(HOUR);
  const search = (settled: boolean, heartbeatIntervalSeconds: number) =>
    ledger.take(momentOf({ search: { settled, heartbeatIntervalSeconds } }), 0);
  ledger.end();
  ledger.begin(2);
  search(false, 480);
  ledger.end();
  ledger.begin(3);
  search(false, 480);
  search(true, 720);
  ledger.take(momentOf(), 1);
  ledger.end();
  expect(ledger.tally().settled).toEqual(new Map([[720, 1]]));
});

test("a device that is failed near the end has settled on nothing that it can hold", () => {
  const ledger = ledgerUntil(HOUR);
  for (const [device, failedAt] of [HOUR - MINUTE - 1, HOUR - MINUTE].entries()) {
    ledger.begin(device);
    ledger.take(momentOf({ search: { settled: true, heartbeatIntervalSeconds: 600 + device }, failed: 1 }), failedAt);
    ledger.end();
  }
  expect(ledger.tally().settled).toEqual(new Map([[600, 1]]));
});

describe("of the intervals asked", () => {
  test("the latest 200 are kept, whatever the order in which devices are run", () => {
    const ledger = ledgerUntil(HOUR);
    for (const device of [1, 2, 3]) {
      ledger.begin(device);
      for (let at = 0; at < 300; at += 1) ledger.take(momentOf({ asked: [480 + device] }), at);
    }
    const { asked } = ledger.tally();
    expect(asked).toHaveLength(200);
    expect(asked[0]).toEqual({ at: 233, device: 2, command: "Ping", heartbeatIntervalSeconds: 482 });
    expect(asked.at(-1)).toEqual({ at: 299, device: 3, command: "Ping", heartbeatIntervalSeconds: 483 });
  });
});

test("while devices search only failures count, apart, and levels", () => {
  const ledger = ledgerUntil(3 * HOUR, HOUR);
  const moment = momentOf({ asked: [480], requests: 3, connections: 1, failed: 1, radio: true, parked: 1 });
  for (const at of [0, HOUR, HOUR + 1]) {
    ledger.take(moment, at);
    ledger.hear(at, 60 * SECOND);
  }
  const { parkedChanges, ...tally } = ledger.tally();
  expect(tally).toMatchObject({ heartbeats: 1, requests: 3, connections: 1, failed: 1 });
  expect([...tally.delays]).toEqual([[60, 1]]);
  expect(parkedChanges.reduce((sum, change) => sum + change, 0)).toBe(3);
});

test("a radio that was used while devices searched has not slept behind that", () => {
  const ledger = ledgerUntil(3 * HOUR, HOUR);
  for (const at of [HOUR, HOUR + 1, HOUR + 20 * SECOND]) ledger.take(momentOf({ radio: true }), at);
  expect(ledger.tally().wakeUps).toEqual({ value: 1, low: 1, high: 1 });
});

describe("what fails until a device settles", () => {
  const settled = { settled: true, heartbeatIntervalSeconds: 720 };
  const unsettled = { settled: false, heartbeatIntervalSeconds: 960 };

  test("counts until it last does, of those that have settled in the end", () => {
    const ledger = ledgerUntil(HOUR);
    for (const search of [undefined, unsettled, settled, settled, unsettled, settled]) {
      ledger.take(momentOf({ failed: 1, search }), MINUTE);
    }
    ledger.take(momentOf({ failed: 1 }), 2 * MINUTE);
    ledger.end();
    ledger.begin(2);
    ledger.take(momentOf({ failed: 5, search: unsettled }), MINUTE);
    ledger.end();
    expect(ledger.tally()).toMatchObject({ searchFailed: 6, unsettled: new Map([[2, 1]]) });
  });

  test.each([
    ["that settles anew each time", [unsettled, settled]],
    ["that is settled", [settled, settled]],
    ["that never settles", [unsettled, unsettled]],
    ["that ends unsettled", [settled, unsettled]],
    ["that tells nothing", [undefined, undefined]],
  ])("counts as it does one by one in a course taken many times, %s", (_, searches) => {
    const course = searches.map((search, index) => ({
      when: { after: "start" as const, ms: (index + 1) * SECOND },
      moment: momentOf({ failed: 1, search, radio: true }),
    }));
    const [one, many] = [ledgerUntil(HOUR), ledgerUntil(HOUR)];
    for (const ledger of [one, many]) ledger.take(momentOf({ radio: true }), MINUTE);
    many.takeTimes(course, MINUTE, 2 * SECOND, 5);
    for (let time = 0; time < 5; time += 1) {
      for (const { moment, when } of course) one.take(moment, MINUTE + time * 2 * SECOND + when.ms);
    }
    for (const ledger of [one, many]) {
      ledger.take(momentOf({ failed: 1, search: settled }), 2 * MINUTE);
      ledger.end();
    }
    expect(many.tally()).toEqual(one.tally());
  });
});

/** So many that a failure of the last ones shows that nothing is settled on. */
const TIMES = 615;

test.each([
  ["before", -Infinity],
  ["at its start", MINUTE],
  ["within its first time", MINUTE + 20 * SECOND],
  ["at the end of a time", MINUTE + 35 * SECOND],
  ["in its midst", 2 * HOUR],
  ["within its last time", MINUTE + TIMES * 35 * SECOND - 1],
  ["at its end", MINUTE + TIMES * 35 * SECOND],
  ["behind it", 6 * HOUR - 1],
])("a course taken many times counts as it does one by one, the search ending %s", (_, searchEndsAt) => {
  const course = [
    { when: { after: "start" as const, ms: 20 * SECOND }, moment: momentOf({ failed: 1, entries: -1, parked: -1 }) },
    { when: { after: "start" as const, ms: 25 * SECOND }, moment: momentOf({ requests: 1, radio: true, parked: 1 }) },
    {
      when: { after: "start" as const, ms: 35 * SECOND },
      moment: momentOf({ asked: [480, 490], requests: 2, connections: 1, radio: true, entries: 1 }),
    },
  ];
  const [one, many] = [ledgerUntil(6 * HOUR, searchEndsAt), ledgerUntil(6 * HOUR, searchEndsAt)];
  const settled = momentOf({ radio: true, search: { settled: true, heartbeatIntervalSeconds: 480 } });
  for (const ledger of [one, many]) ledger.take(settled, MINUTE);
  many.takeTimes(course, MINUTE, 35 * SECOND, TIMES);
  for (let time = 0; time < TIMES; time += 1) {
    for (const { moment, when } of course) one.take(moment, MINUTE + time * 35 * SECOND + when.ms);
  }
  for (const ledger of [one, many]) ledger.take(momentOf({ radio: true }), MINUTE + TIMES * 35 * SECOND + 7 * SECOND);
  for (const ledger of [one, many]) ledger.end();
  expect(many.tally()).toEqual(one.tally());
});
