import { describe, expect, test } from "vitest";
import { CSV_TABLES, csvReport, type CsvTable } from "../../src/report/csv-report.ts";
import { LIVE_TABLES } from "../../src/report/live-tables.ts";
import { liveState } from "../support/live-states.ts";
import { sizeResult } from "../support/size-results.ts";

const ladders = { kind: "none", reason: "no device is given" } as const;
const BOTH = { version: "1", size: { result: sizeResult(2), ladders }, live: liveState() } as const;
const LIVE = { version: "1", live: liveState() } as const;

function linesOf(csv: string | undefined): readonly string[] {
  return csv?.split("\r\n") ?? [];
}

test("a result is a row for each time-out", () => {
  const lines = linesOf(csvReport(BOTH));
  expect(lines).toHaveLength(4);
  expect(lines[0]).toMatch(/^idleTimeoutSeconds,settledIntervalSeconds,.*,peakFlowTableEntries$/u);
  expect(lines[1]).toMatch(/^300,,,,,1,2,96,4.8,/u);
});

test("what a running idlewall has seen is a row for each interval asked", () => {
  expect(linesOf(csvReport(LIVE))).toEqual([
    "heartbeatIntervalSeconds,requests,failed,expired,lost,changes,held,rejected",
    "480,3,0,0,0,1,2,0",
    "900,2,2,1,1,0,0,0",
    ",2,0,0,0,0,1,1",
    "",
  ]);
});

describe("any other table can be named", () => {
  test.each<readonly [CsvTable, readonly string[]]>([
    [
      "hops",
      [
        "listener,hop,idleTimeoutSeconds,recommendedSeconds,action,reason,source",
        "https,carrier,780,3600,ask,it is the shortest,Understanding Direct Push",
      ],
    ],
    [
      "networks",
      [
        "network,listener,boundBy,confidence,devices,heartbeats,failed,text",
        "192.0.2.0/24,https,hop,1,2,12,6,carrier bounds the heartbeat.",
        "198.51.100.0/24,https,,,1,2,0,Not enough seen yet.",
      ],
    ],
    [
      "bounds",
      [
        "network,state,longestHeldSeconds,heldSamples,shortestFailedSeconds,failedSamples,confidence,endedByHopsCount",
        "192.0.2.0/24,wall,420,12,440,3,0.999,4",
        "198.51.100.0/24,open,,0,,0,0,0",
      ],
    ],
    ["alerts", ["command,raised,meanSeconds,samples,thresholdSeconds", "Ping,true,480,200,540", "Sync,false,,0,540"]],
    [
      "devices",
      [
        "id,deviceType,command,heartbeatIntervalSeconds,longestHeldSeconds,shortestFailedSeconds,state,cut,expired,held,lost,open",
        "00000000000a,PocketPC,Ping,480,420,,searching,0,0,5,0,1",
        "00000000000b,PocketPC,Ping,,420,,searching,1,2,1,3,0",
      ],
    ],
  ])("%s", (table, lines) => {
    expect(linesOf(csvReport(BOTH, table))).toEqual([...lines, ""]);
  });

  test("and every one has a name", () => {
    expect([...CSV_TABLES].sort()).toEqual(["time-outs", ...Object.keys(LIVE_TABLES)].sort());
  });
});

test.each<readonly [CsvTable | undefined, typeof LIVE | { readonly version: string }]>([
  ["time-outs", LIVE],
  ["bounds", { version: "1" }],
  [undefined, { version: "1" }],
])("of the table %s there is none where nothing of it is told", (table, report) => {
  expect(csvReport(report, table)).toBeUndefined();
});
