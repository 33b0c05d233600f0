import { describe, expect, test } from "vitest";
import type { TraceRow } from "../../src/heartbeat/trace.ts";
import { ladderHeading, ladderLine, openLine } from "../../src/report/ladder.ts";

const ROW: TraceRow = {
  atSeconds: 905,
  device: "device0001",
  command: "Ping",
  heartbeatIntervalSeconds: 480,
  outcome: "held",
  durationSeconds: 480,
  hop: null,
  action: null,
  ending: "held",
  move: "raise",
  nextHeartbeatIntervalSeconds: 720,
  settled: false,
  conclusion: "8 min held, so the device tries 12 min",
};

const EXPIRED: Partial<TraceRow> = { outcome: "expired", hop: "carrier", action: "drop" };
const CUT: Partial<TraceRow> = { outcome: "cut", hop: "wifi", action: "reset" };

function happened(said: Partial<TraceRow>): string {
  const line = ladderLine({ ...ROW, ...said }, false);
  return line.slice(28, line.indexOf(ROW.conclusion)).trimEnd();
}

test("a line says when, what was asked, what happened and what the device concluded, in columns", () => {
  expect(ladderHeading(false)).toBe(
    "      at  asks              what happens                                                      the device concludes",
  );
  expect(ladderLine(ROW, false)).toBe(
    " 0:15:05  Ping 8 min        held: answered after 8 min, nothing new                           8 min held, so the device tries 12 min",
  );
});

test("of several devices, each line names its own", () => {
  expect(ladderHeading(true).startsWith("device            at  asks")).toBe(true);
  expect(ladderLine(ROW, true).startsWith("device0001   0:15:05  Ping 8 min")).toBe(true);
});

describe("what happened is told with its hop and with how the device came to know it", () => {
  test.each<readonly [Partial<TraceRow>, string]>([
    [{ outcome: "changes", durationSeconds: 235 }, "changes: answered after 3 min 55 s by new mail"],
    [{ ending: "silence", durationSeconds: 900 }, "held: the answer came when the device had given up, 15 min"],
    [{ outcome: "changes", ending: "silence" }, "changes: the answer came when the device had given up, 8 min"],
    [{ outcome: "rejected", ending: "rejected", durationSeconds: 0 }, "rejected: refused by the server after 0 s"],
    [
      { ...EXPIRED, ending: "silence", durationSeconds: 905 },
      "expired on carrier (drop): no answer, given up after 15 min 5 s",
    ],
    [{ ...EXPIRED, ending: "reset", durationSeconds: 780 }, "expired on carrier (drop): reset after 13 min"],
    [{ ...EXPIRED, ending: "closed", durationSeconds: 780 }, "expired on carrier (drop): closed after 13 min"],
    [
      { ...EXPIRED, ending: "httpError", durationSeconds: 780 },
      "expired on carrier (drop): an HTTP error after 13 min",
    ],
    [{ ...CUT, ending: "unreachable" }, "cut on wifi (reset): no connection"],
    [{ ...CUT, ending: "held", durationSeconds: 42 }, "cut on wifi (reset): answered after 42 s"],
    [{ ...CUT, ending: "changes", durationSeconds: 42 }, "cut on wifi (reset): answered after 42 s"],
    [{ ...CUT, ending: "rejected", durationSeconds: 42 }, "cut on wifi (reset): answered after 42 s"],
    [
      { outcome: "lost", ending: "silence", durationSeconds: 485 },
      "lost on the way: no answer, given up after 8 min 5 s",
    ],
    [{ outcome: "withdrawn", ending: "closed", durationSeconds: 60 }, "withdrawn by the device after 1 min"],
    [{ outcome: "serverFailed", ending: "unreadable", durationSeconds: 1 }, "serverFailed: answered after 1 s"],
  ])("%j", (said, expected) => {
    expect(happened(said)).toBe(expected);
  });
});

test.each([
  [0, "0:00:00"],
  [59.4, "0:00:59"],
  [59.5, "0:01:00"],
  [3599.6, "1:00:00"],
  [86_399, "23:59:59"],
  [360_000, "100:00:00"],
])("%d s from the start is told as %s", (atSeconds, expected) => {
  expect(
    ladderLine({ ...ROW, atSeconds }, false)
      .slice(0, 10)
      .trim(),
  ).toBe(expected);
});

test("a request that is still parked has a line without a conclusion", () => {
  const exchange = { number: 3, askedAt: 1_625_000, command: "Sync", heartbeatIntervalSeconds: 725 } as const;
  expect(openLine({ device: "device0002", exchange }, false)).toBe(" 0:27:05  Sync 12 min 5 s   still parked");
  expect(openLine({ device: "device0002", exchange }, true)).toMatch(/^device0002 {3}0:27:05 {2}Sync/u);
});
