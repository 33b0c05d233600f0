import { deviceModel, type ModelName } from "../../src/heartbeat/negotiators/models.ts";
import type { NegotiatorSettings } from "../../src/heartbeat/negotiators/negotiator.ts";
import type { TraceRow } from "../../src/heartbeat/trace.ts";
import type { Endings } from "../../src/path/condition.ts";
import type { GeneratedScenario } from "./scenarios.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** How a middlebox ends a flow between two steps of a device, and what comes of it. */
interface ModelRow {
  readonly model: ModelName;
  readonly settings?: Partial<NegotiatorSettings>;
  readonly toDevice: Endings["toDevice"];
  readonly idleTimeoutSeconds: number;
  /** The first exchanges, as interval and outcome. */
  readonly course: readonly string[];
  /** The exchanges of which all further ones are repetitions. */
  readonly forEver: readonly string[];
}

/** Between 2012's steps of 650 and 830 s, and 2013's of 780 and 1080 s. */
const WALL = { idleTimeoutSeconds: 791 };

/** At an instant that is not near the end of any exchange of these rows. */
const ENDS_AT = 149 * MINUTE + 10 * SECOND;

const CLIMB_2012 = ["470 held", "650 held", "830 expired"];
const CLIMB_2013 = ["480 held", "780 held", "1080 expired"];

/** What eas-protocol.md 5.2 says that the end of a request teaches, in courses. */
const MODEL_ROWS: readonly ModelRow[] = [
  ...(["drop", "reset", "close", { respond: 504 }, { respond: 408 }] as const).map((toDevice) => ({
    model: "android-2009" as const,
    toDevice,
    idleTimeoutSeconds: 281,
    course: [],
    forEver: ["295 expired"],
  })),
  { model: "android-2012", toDevice: "reset", ...WALL, course: CLIMB_2012, forEver: ["650 held"] },
  { model: "android-2012", toDevice: "drop", ...WALL, course: [], forEver: CLIMB_2012 },
  {
    model: "android-2012",
    settings: { graceMs: 35 * SECOND },
    toDevice: "drop",
    ...WALL,
    course: CLIMB_2012,
    forEver: ["650 held"],
  },
  { model: "android-2012", toDevice: "close", ...WALL, course: [], forEver: CLIMB_2012 },
  ...([504, 408] as const).flatMap((respond): readonly ModelRow[] => [
    { model: "android-2012", toDevice: { respond }, ...WALL, course: CLIMB_2012, forEver: ["830 expired"] },
    { model: "android-2013", toDevice: { respond }, ...WALL, course: CLIMB_2013, forEver: ["1080 expired"] },
  ]),
  ...(["reset", "drop", "close"] as const).map((toDevice) => ({
    model: "android-2013" as const,
    toDevice,
    ...WALL,
    course: CLIMB_2013,
    forEver: ["780 held", "1080 expired"],
  })),
  {
    model: "android-2013",
    toDevice: "drop",
    idleTimeoutSeconds: 431,
    course: [],
    forEver: ["480 expired"],
  },
];

/** A scenario for each row, without mail. */
export function modelScenarios(): readonly Required<GeneratedScenario>[] {
  return MODEL_ROWS.map((row) => {
    const { toDevice, idleTimeoutSeconds, settings } = row;
    const model = deviceModel(row.model);
    const answers = typeof toDevice !== "string";
    return {
      course: (count) => courseOf(row, count),
      title: `${row.model}${settings === undefined ? "" : " asleep"} at ${idleTimeoutSeconds} s: ${JSON.stringify(toDevice)}`,
      scenario: {
        hops: [
          {
            name: "hop",
            kind: answers ? "reverse-proxy" : "nat",
            conditions: [
              {
                type: "idle-timeout",
                idleTimeoutMs: idleTimeoutSeconds * SECOND,
                atExpiry: { toDevice, toServer: answers ? "reset" : toDevice },
                refreshedBy: "either",
              },
            ],
          },
        ],
        model,
        settings: { ...model.defaults, ...settings },
        deviceCount: 1,
        mailAt: [],
        durationMs: ENDS_AT,
        seed: 1,
      },
    };
  });
}

/** Exchanges as a course has them. */
export function inShort(rows: readonly TraceRow[]): readonly string[] {
  return rows.map((row) => `${row.heartbeatIntervalSeconds} ${row.outcome}`);
}

function courseOf({ course, forEver }: ModelRow, count: number): readonly string[] {
  const repeated = Array.from({ length: count }, (_, index) => forEver[index % forEver.length] ?? "");
  return [...course, ...repeated].slice(0, count);
}
