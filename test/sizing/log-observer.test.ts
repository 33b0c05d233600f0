import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEVICE_MODELS } from "../../src/heartbeat/negotiators/models.ts";
import { LogObserver } from "../../src/sizing/log-observer.ts";
import { settingsFromLogs, withLogs } from "../../src/sizing/log-settings.ts";
import type { ObservedWorkload } from "../../src/sizing/observed-workload.ts";
import { sizeSettings } from "./settings.ts";

const MIDNIGHT = Date.parse("2026-11-23T00:00:00Z");
const HOUR_MS = 3_600_000;

interface Line {
  readonly at?: number;
  readonly device?: string;
  readonly deviceType?: string;
  readonly command?: string;
  /** 0 is no interval. */
  readonly seconds?: number;
  readonly outcome?: string;
}

/** A line of idlewall's own log; instants count from a midnight. */
function own({
  at = 0,
  device = "a",
  deviceType = "Android",
  command = "Ping",
  seconds = 480,
  outcome = "held",
}: Line) {
  const time = new Date(MIDNIGHT + at).toISOString();
  return JSON.stringify({ time, device, deviceType, command, heartbeatIntervalSeconds: seconds, outcome });
}

function observed(lines: readonly string[], mostDevices?: number): ObservedWorkload {
  const observer = new LogObserver(mostDevices);
  const log = observer.begin("a.log");
  for (const line of lines) log.line(line);
  log.end();
  return observer.workload();
}

/** One Ping for each interval, an hour apart. */
function asks(deviceType: string, intervals: readonly number[], command = "Ping"): readonly string[] {
  return intervals.map((seconds, index) =>
    own({ at: index * HOUR_MS, device: `${deviceType}${command}`, deviceType, command, seconds }),
  );
}

describe("lines of a log", () => {
  test("of both kinds are told apart one by one, with CRLF or without", () => {
    const { logs, pings } = observed([
      "#Fields: date time cs-uri-stem cs-uri-query\r",
      "2026-11-23 00:00:00 /Microsoft-Server-ActiveSync Cmd=Ping&DeviceId=A&Log=V141_Hb600\r",
      own({}),
      "",
      "\0\0\0",
      `\0\0${own({})}`,
    ]);
    expect(pings).toBe(3);
    expect(logs).toEqual([{ name: "a.log", lines: 6, entries: 3, broken: 0, faults: [] }]);
  });

  test("that are broken are counted, the first five told with file and line", () => {
    const { logs } = observed([own({}), ...Array.from({ length: 7 }, () => "rubbish")]);
    expect(logs).toMatchObject([{ lines: 8, entries: 1, broken: 7 }]);
    expect(logs[0]?.faults).toEqual([2, 3, 4, 5, 6].map((line) => `a.log:${line}: no #Fields line stands before it`));
  });

  test("that are too long are broken, and a log may end before its end", () => {
    const observer = new LogObserver();
    const log = observer.begin("b.log");
    log.tooLong(100);
    log.end("it breaks off");
    expect(observer.workload().logs).toEqual([
      {
        name: "b.log",
        lines: 1,
        entries: 0,
        broken: 1,
        faults: ["b.log:1: longer than 100 bytes", "b.log: it breaks off; what stood before was read"],
      },
    ]);
  });

  test("of a dash are those of standard input", () => {
    const observer = new LogObserver();
    observer.begin("-").end();
    expect(observer.workload().logs).toMatchObject([{ name: "standard input" }]);
  });

  test("of rubbish never throw", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        const [log] = observed(["#Fields: date time cs-uri-stem cs-uri-query", ...lines]).logs;
        expect(log?.lines).toBe(lines.length + 1);
      }),
    );
  });

  test("of a request that was handed on are counted, and told", () => {
    const { handedOn, unknown } = observed([
      "#Fields: date time cs-uri-stem cs-uri-query",
      "2026-11-23 00:00:00 /Microsoft-Server-ActiveSync Cmd=Ping&DeviceId=A&Log=PrxTo:b",
    ]);
    expect(handedOn).toBe(1);
    expect(unknown).toContain("1 requests were handed on to another server: its log has their intervals");
  });

  test("none at all say nothing", () => {
    expect(observed([])).toMatchObject({
      span: undefined,
      devices: { count: 0, kinds: [] },
      mail: { signs: [], perDay: undefined },
    });
    expect(settingsFromLogs(observed([]))).toEqual({ deviceCount: 0, mail: {}, logs: ["a.log"] });
  });
});

describe("what devices asked", () => {
  const workload = observed([
    own({ at: 2 * HOUR_MS, seconds: 780 }),
    own({ at: HOUR_MS, seconds: 480 }),
    own({ at: 3 * HOUR_MS, seconds: 1080, outcome: "expired" }),
    own({ at: 3 * HOUR_MS, device: "b", command: "Sync", seconds: 600 }),
    own({ at: 4 * HOUR_MS, device: "c", command: "FolderSync" }),
    own({ at: 4 * HOUR_MS, seconds: 0, outcome: "withdrawn" }),
  ]);

  test("is counted by interval and ending, for Pings and waiting Syncs", () => {
    expect(workload).toMatchObject({
      span: { firstAt: MIDNIGHT + HOUR_MS, lastAt: MIDNIGHT + 4 * HOUR_MS },
      devices: { count: 2, each: 1 },
      pings: 4,
      parkedSyncs: 1,
      endings: { held: 3, failed: 1, replaced: 1, changes: 0 },
      intervals: [
        { seconds: 480, count: 1 },
        { seconds: 600, count: 1 },
        { seconds: 780, count: 1 },
        { seconds: 1080, count: 1 },
      ],
      longestHeld: [
        { seconds: 600, devices: 1 },
        { seconds: 780, devices: 1 },
      ],
    });
  });

  test("is remembered of a bounded number of intervals", () => {
    const many = Array.from({ length: 6000 }, (_, index) => own({ seconds: index + 1 }));
    const { intervals } = observed([...many, own({ seconds: 1 })]);
    expect(intervals).toHaveLength(5000);
    expect(intervals[0]).toEqual({ seconds: 1, count: 2 });
  });
});

describe("the nearest device model", () => {
  test.each(DEVICE_MODELS.filter((model) => model.name.startsWith("android")))(
    "finds $name by what it asks",
    (model) => {
      const { initialSeconds, maximumSeconds, incrementSeconds } = model.defaults;
      const asked = [initialSeconds, Math.min(initialSeconds + incrementSeconds, maximumSeconds), maximumSeconds];
      expect(observed(asks("Android", asked)).devices).toMatchObject({
        untold: 0,
        kinds: [{ model: model.name, devices: 1 }],
      });
    },
  );

  test.each([
    ["PocketPC", "Ping", [900, 480, 720], "windows-mobile", undefined],
    ["SP", "Sync", [900, 480, 720], "windows-mobile-6.1", undefined],
    ["iPhone", "Ping", [600, 600, 600], "fixed", 600],
    ["KSAndroid", "Ping", [1680, 1680, 1680], "android-2013", undefined],
    ["Android", "Ping", [333, 333, 333], "fixed", 333],
  ])("takes a %s that waits with %s and asks %j for %s", (deviceType, command, asked, model, fixedSeconds) => {
    expect(observed(asks(deviceType, asked, command)).devices.kinds).toMatchObject([{ model, fixedSeconds }]);
  });

  test.each([
    ["iPhone", [600, 700, 800], "iPhone: asks intervals of no model"],
    ["iPhone", [600], "iPhone: too few intervals in the log"],
    ["", [600], "a device that does not say what it is: too few intervals in the log"],
    ["Android", [], undefined],
  ])("cannot tell a %s that asks %j, and says why", (deviceType, asked, reason) => {
    const { devices, unknown } = observed(asks(deviceType, asked));
    expect(devices).toMatchObject({ untold: asked.length === 0 ? 0 : 1, kinds: [] });
    expect(unknown.some((sentence) => sentence.includes(`1 devices could not be told: ${reason} (1)`))).toBe(
      asked.length > 0,
    );
  });

  test("tells of devices without an interval, and of the commonest reasons only", () => {
    const types = ["A", "B", "C", "D", "D"];
    const line = (deviceType: string, index: number): string =>
      JSON.stringify({
        time: "2026-11-23T00:00:00Z",
        device: `${index}`,
        deviceType,
        command: "Ping",
        outcome: "held",
      });
    const { unknown } = observed(types.map(line));
    expect(unknown).toContain("5 devices asked no interval that the log has");
    expect(unknown).toContainEqual(
      expect.stringMatching(/^5 devices could not be told: D: .* \(2\), A: .* \(1\), B: [^,]*$/u),
    );
  });

  test("shows nothing of a kind that a terminal would obey", () => {
    const { unknown } = observed(asks("\u001b[2Jé", [600]));
    expect(unknown[0]).toBe("1 devices could not be told: ?[2J?: too few intervals in the log (1)");
  });

  test("keeps reasons apart within a model", () => {
    const { devices } = observed([...asks("PocketPC", [900]), ...asks("SP", [900]), ...asks("Android", [480, 780])]);
    expect(devices.kinds).toEqual([
      {
        model: "windows-mobile",
        fixedSeconds: undefined,
        devices: 2,
        reasons: [
          { reason: "PocketPC that waits with Ping", devices: 1 },
          { reason: "SP that waits with Ping", devices: 1 },
        ],
      },
      expect.objectContaining({ model: "android-2013", devices: 1 }),
    ]);
  });
});

describe("more devices than are followed", () => {
  test("leave a sample that stands for all", () => {
    const lines = Array.from({ length: 20_000 }, (_, index) => own({ device: `device-${index}` }));
    const { devices, unknown } = observed(lines, 1000);
    expect(devices.each).toBe(32);
    expect(Math.abs(devices.count / 20_000 - 1)).toBeLessThan(0.1);
    expect(unknown[0]).toBe("only every 32th device was followed; figures of all are estimates");
  });

  test("and more kinds than are told apart leave the rest without a name", () => {
    const lines = Array.from({ length: 1002 }, (_, index) =>
      own({ device: `${index}`, deviceType: `kind-${index}`, seconds: 600 }),
    );
    expect(observed(lines).unknown[0]).toContain("a device that does not say what it is: too few");
  });
});

describe("mail", () => {
  const EAS = "/Microsoft-Server-ActiveSync ";
  const twoDigits = (number: number): string => String(number).padStart(2, "0");
  const DAY = Array.from({ length: 25 }, (_, hour) => hour * HOUR_MS);

  test("is what Pings answered with changes tell, by the days that devices were seen", () => {
    const { mail, unknown } = observed(DAY.map((at, hour) => own({ at, outcome: hour < 12 ? "changes" : "held" })));
    expect(mail).toEqual({ signs: [{ sign: "changes", devices: 1 }], perDay: 12, hours: undefined });
    expect(unknown).toContain("how many messages came for 1 devices: a Ping answered with changes counts as one");
    expect(unknown).toContain("when in the day mail came: there is too little of it");
  });

  test("is what Syncs brought where they tell; hours that the log leaves out are no time", () => {
    /** 20 messages in 2 of 25 hours, from the first to the last of which the device was seen a day. */
    const { mail } = observed([
      "#Fields: date time cs-uri-stem cs-uri-query",
      ...["23 00", "24 00"].map(
        (hour) =>
          `2026-11-${hour}:00:00 /Microsoft-Server-ActiveSync Cmd=Sync&DeviceId=A&Log=V141_Ty:Em_St:S_Srv:10a0c_Hb600`,
      ),
    ]);
    expect(mail).toMatchObject({ signs: [{ sign: "messages", devices: 1 }], perDay: 250 });
  });

  test("is what Pings answered early tell when nothing else does", () => {
    const { mail, unknown } = observed([
      "#Fields: date time cs-uri-stem cs-uri-query time-taken",
      ...["23 00", "23 12"].map(
        (hour) => `2026-11-${hour}:00:00 /Microsoft-Server-ActiveSync Cmd=Ping&DeviceId=A&Log=V141_Hb600 9000`,
      ),
    ]);
    expect(mail.signs).toEqual([{ sign: "early", devices: 1 }]);
    expect(unknown).toContain(
      "why Pings of 1 devices were answered early: each counts as mail, as they have no Status",
    );
    expect(unknown).toContain("what happens in 22 of the day's hours: the logs leave them out");
  });

  test("is told by the surest sign of each device, whatever others have", () => {
    const lines = ["B", "C"].flatMap((device) =>
      DAY.slice(0, 24).map(
        (_, hour) => `2026-11-23 ${twoDigits(hour)}:59:00 ${EAS}Cmd=Ping&DeviceId=${device}&Log=V141_Hb900_S2`,
      ),
    );
    const syncs = [0, 6, 12, 18].map(
      (hour) => `2026-11-23 ${twoDigits(hour)}:00:00 ${EAS}Cmd=Sync&DeviceId=A&Log=V141_Ty:Em_St:S_Srv:2a0c0d_Hb600`,
    );
    const mixed = observed(["#Fields: date time cs-uri-stem cs-uri-query", ...lines, ...syncs]).mail;
    expect(mixed.signs).toEqual([
      { sign: "changes", devices: 2 },
      { sign: "messages", devices: 1 },
    ]);
    /** 48 changes in twice 23 hours, and 8 messages in 18. */
    expect(mixed.perDay).toBeCloseTo(56 / ((46 + 18) / 24), 6);
  });

  test("is by the time from a device's first request on, not from its first answer", () => {
    const line = (time: string) =>
      `2026-11-23 ${time} /Microsoft-Server-ActiveSync Cmd=Ping&DeviceId=A&Log=V141_Hb1800_S2 1800000`;
    const fields = "#Fields: date time cs-uri-stem cs-uri-query time-taken";
    expect(observed([fields, line("10:00:00"), line("10:30:00")]).mail.perDay).toBe(48);
  });

  test("is not known of less than an hour", () => {
    const { mail, unknown } = observed([own({ outcome: "changes" }), own({ at: 1000, outcome: "changes" })]);
    expect(mail.perDay).toBeUndefined();
    expect(unknown).toContain("how much mail came");
  });

  test("is not known where requests waited longer than the log's instants allow: emulated time was fast", () => {
    const fast = Array.from({ length: 1000 }, (_, index) =>
      JSON.stringify({
        ...JSON.parse(own({ at: index * 4000, seconds: 720, outcome: "changes" })),
        waitedSeconds: 720,
      }),
    );
    const { mail, unknown } = observed(fast);
    expect(mail).toMatchObject({ perDay: undefined, hours: undefined });
    expect(unknown).toContain(
      "how fast time ran: requests waited longer than the log's instants allow, as with a time scale",
    );
  });

  test("of Pings whose end the log leaves open is told", () => {
    const { unknown } = observed([
      "#Fields: date time cs-uri-stem cs-uri-query",
      "2026-11-23 00:00:00 /Microsoft-Server-ActiveSync Cmd=Ping&DeviceId=A&Log=V141_Hb600",
    ]);
    expect(unknown).toContain("how 1 requests ended: interval or time-taken is not logged");
    expect(unknown).toContain("how much mail came");
  });

  test("has the shape of the day, by how often each hour is covered; the mean where it is not", () => {
    /** Two days of 9 and 10 o'clock, three times as much at 10, and the second day's 10 o'clock is left out. */
    const at = (day: number, hour: number, count: number): readonly string[] =>
      Array.from({ length: count }, (_, index) =>
        own({ at: (24 * day + hour) * HOUR_MS + index, device: `${day}`, outcome: "changes" }),
      );
    const quiet = own({ at: 11 * HOUR_MS });
    const hours = observed([...at(0, 9, 100), ...at(0, 10, 300), quiet, ...at(1, 9, 80)]).mail.hours;
    expect(hours?.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    expect(hours?.[9]).toBeCloseTo(90 / (24 * 130), 9);
    expect(hours?.[10]).toBeCloseTo(300 / (24 * 130), 9);
    expect(hours?.[11]).toBe(0);
    expect(hours?.[0]).toBeCloseTo(1 / 24, 9);
  });
});

const NOTHING_SAID = { devices: false, deviceCount: false, perDay: false, hours: false };

describe("settings of size", () => {
  test("take shares over the devices that could be told, and the models' own bounds", () => {
    const workload = observed([
      ...asks("PocketPC", [900, 480]),
      ...asks("iPhone", [600, 600, 600]),
      ...asks("iPad", [300, 400, 500]),
      ...Array.from({ length: 300 }, (_, index) => own({ at: index * HOUR_MS, outcome: "changes" })),
    ]);
    const { devices, deviceCount, mail, logs } = settingsFromLogs(workload);
    expect(deviceCount).toBe(4);
    expect(devices).toEqual([
      expect.objectContaining({ model: "windows-mobile", share: 1 / 3, initialSeconds: 900, maximumSeconds: 3540 }),
      expect.objectContaining({
        model: "fixed",
        share: 1 / 3,
        initialSeconds: 600,
        minimumSeconds: 480,
        maximumSeconds: 600,
      }),
      expect.objectContaining({ model: "android-2013", share: 1 / 3, maximumSeconds: 1680 }),
    ]);
    expect(mail.perDay).toBeCloseTo(24, 0);
    expect(mail.hours).toHaveLength(24);
    expect(logs).toEqual(["a.log"]);
  });

  test("stand in the place of others; what logs can't tell stays", () => {
    const settings = sizeSettings();
    const logged = settingsFromLogs(observed(asks("PocketPC", [900])));
    expect(withLogs(settings, logged, NOTHING_SAID)).toEqual({
      ...settings,
      devices: logged.devices,
      deviceCount: 1,
      logs: ["a.log"],
    });
    const mailed = withLogs(settings, { ...logged, mail: { perDay: 7 } }, NOTHING_SAID);
    expect(mailed.mail).toEqual({ perDay: 7, hours: settings.mail.hours });
  });

  test("that a person has said win over logs", () => {
    const settings = sizeSettings();
    const mail = { perDay: 7, hours: [...settings.mail.hours].toReversed() };
    const logged = { ...settingsFromLogs(observed(asks("PocketPC", [900]))), mail };
    const all = { devices: true, deviceCount: true, perDay: true, hours: true };
    expect(withLogs(settings, logged, all)).toEqual({ ...settings, logs: ["a.log"] });
    expect(withLogs(settings, logged, { ...NOTHING_SAID, perDay: true })).toEqual({
      ...settings,
      devices: logged.devices,
      deviceCount: 1,
      mail: { perDay: settings.mail.perDay, hours: mail.hours },
      logs: ["a.log"],
    });
  });
});
