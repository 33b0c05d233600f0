import { expect, test } from "vitest";
import { COMMON_HEARTBEATS, brokenHeartbeats } from "../../src/heartbeat/common-heartbeats.ts";

const ALL = COMMON_HEARTBEATS.map((each) => each.heartbeatIntervalSeconds);

test("the common heartbeats stand from the shortest to the longest, within what Exchange grants", () => {
  expect(ALL).toEqual([...new Set(ALL)].sort((left, right) => left - right));
  expect([ALL[0], ALL.at(-1)]).toEqual([480, 3540]);
});

test.each([
  [479_999, ALL],
  [480_000, ALL],
  [480_001, ALL.slice(1)],
  [900_000, [900, 960, 1680, 3540]],
  [3_540_000, [3540]],
  [3_540_001, []],
])("a path that forgets after %d ms breaks %j: an interval of exactly the time-out too", (ms, broken) => {
  expect(brokenHeartbeats(ms)).toEqual(broken);
});

test("a path without an idle time-out breaks none", () => {
  expect(brokenHeartbeats(undefined)).toEqual([]);
});
