import { expect, test } from "vitest";
import { csvReport } from "../../src/report/csv-report.ts";
import { liveState } from "../support/live-states.ts";
import { sizeResult } from "../support/size-results.ts";

const ladders = { kind: "none", reason: "no device is given" } as const;

test("a result is a row for each time-out", () => {
  const lines = csvReport({ version: "1", size: { result: sizeResult(2), ladders }, live: liveState() }).split("\r\n");
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^idleTimeoutSeconds,settledIntervalSeconds,.*,peakFlowTableEntries$/u);
  expect(lines[1]).toMatch(/^300,,,,,1,2,96,4.8,/u);
});

test("what a running idlewall has seen is a row for each interval asked", () => {
  expect(csvReport({ version: "1", live: liveState() }).split("\r\n")).toEqual([
    "heartbeatIntervalSeconds,requests,failed,expired,lost,changes,held,rejected",
    "480,3,0,0,0,1,2,0",
    "900,2,2,1,1,0,0,0",
    ",2,0,0,0,0,1,1",
    "",
  ]);
});

test("nothing is a heading alone", () => {
  expect(csvReport({ version: "1" })).toBe("heartbeatIntervalSeconds,requests,failed\r\n");
});
