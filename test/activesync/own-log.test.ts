import { expect, test } from "vitest";
import { readOwnLine } from "../../src/activesync/own-log.ts";

const LINE = {
  level: "info",
  time: "2026-05-04T09:13:00.184Z",
  device: "5f2a90c17be4",
  deviceType: "SmartPhone",
  command: "Ping",
  heartbeatIntervalSeconds: 900,
  waitedSeconds: 780,
  outcome: "expired",
  msg: "Ping expired",
};

test("reads the line of an exchange that has ended", () => {
  expect(readOwnLine(JSON.stringify(LINE))).toEqual({
    kind: "entry",
    at: Date.parse("2026-05-04T09:13:00.184Z"),
    device: expect.any(Number),
    deviceType: "SmartPhone",
    command: "Ping",
    intervalSeconds: 900,
    ending: "failed",
    waitedMs: 780_000,
    messages: undefined,
  });
});

test.each([
  ["held", "held"],
  ["changes", "changes"],
  ["rejected", "refused"],
  ["serverFailed", "refused"],
  ["cut", "failed"],
  ["lost", "failed"],
  ["withdrawn", "replaced"],
])("takes %s for %s", (outcome, ending) => {
  expect(readOwnLine(JSON.stringify({ ...LINE, outcome }))).toMatchObject({ ending });
});

test("does without what a line need not have", () => {
  const { time, command, outcome } = LINE;
  expect(readOwnLine(JSON.stringify({ time, command, outcome }))).toMatchObject({
    deviceType: "",
    intervalSeconds: undefined,
  });
});

test.each([[{ msg: "flow opened" }], [{ ...LINE, outcome: "toString" }], [{ ...LINE, command: 1 }]])(
  "passes over %j",
  (line) => {
    expect(readOwnLine(JSON.stringify(line))).toEqual({ kind: "other" });
  },
);

test.each([
  ['{"level":"info","time":"2026-05', "found no whole JSON object"],
  ["[]", "found no JSON object"],
  ["null", "found no JSON object"],
  ["1", "found no JSON object"],
  [JSON.stringify({ ...LINE, time: "now" }), "found no time that is an instant"],
  [JSON.stringify({ ...LINE, time: 1 }), "found no time that is an instant"],
])("tells why %s is broken", (line, reason) => {
  expect(readOwnLine(line)).toEqual({ kind: "broken", reason });
});
