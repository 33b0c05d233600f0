import { expect, test } from "vitest";
import { DEVICE_MODELS } from "../../src/heartbeat/negotiators/models.ts";
import { endings, HOUR, MINUTE, minutesAsked, SECOND, wire } from "./wire.ts";

const CARRIER = { idleTimeoutMs: 13 * MINUTE, mailAt: [27 * MINUTE + 5 * SECOND], durationMs: 3 * HOUR };

test.each(["windows-mobile", "windows-mobile-6.1"])("%s takes the course of Understanding Direct Push", (model) => {
  const run = wire({ model, ...CARRIER });
  expect(minutesAsked(run).slice(0, 8)).toEqual([15, 8, 12, 12, 16, 12, 12, 12]);
  expect(endings(run).slice(0, 8)).toEqual(["silence", "held", "changes", "held", "silence", "held", "held", "held"]);
  expect(run.records.slice(0, 6).map((record) => record.durationMs)).toEqual([
    15 * MINUTE + 5 * SECOND,
    8 * MINUTE,
    4 * MINUTE,
    12 * MINUTE,
    16 * MINUTE + 5 * SECOND,
    12 * MINUTE,
  ]);
  expect(run.records.map((record) => record.move.settled).slice(0, 6)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
  ]);
  expect(new Set(minutesAsked(run).slice(5))).toEqual(new Set([12]));
  expect(run.records.map((record) => record.conclusion).slice(0, 6)).toEqual([
    "no answer to 15 min, so the device falls to its minimum, 8 min",
    "8 min held, so the device tries 12 min",
    "changes came while 12 min ran, so the device asks the same again",
    "12 min held, so the device tries 16 min",
    "no answer to 16 min, right after a raise, so 12 min is the longest from now on",
    "12 min held, the longest the device asks",
  ]);
});

test.each(["reset", "closed"] as const)(
  "a carrier that tells (%s) is learned from sooner, to the same end",
  (atExpiry) => {
    const run = wire({ model: "windows-mobile", idleTimeoutMs: 13 * MINUTE, atExpiry, durationMs: 3 * HOUR });
    expect(minutesAsked(run).slice(0, 6)).toEqual([15, 8, 12, 16, 12, 12]);
    expect(endings(run).slice(0, 5)).toEqual([atExpiry, "held", "held", atExpiry, "held"]);
    expect(run.records[0]?.durationMs).toBe(13 * MINUTE);
  },
);

test("behind a carrier below its minimum, a device asks the same for ever and never spins", () => {
  const run = wire({ model: "windows-mobile", idleTimeoutMs: 5 * MINUTE, durationMs: 10 * HOUR });
  expect(new Set(minutesAsked(run).slice(1))).toEqual(new Set([8]));
  expect(new Set(endings(run))).toEqual(new Set(["silence"]));
  expect(run.requests.length).toBeLessThan(90);
});

test.each(["windows-mobile", "windows-mobile-6.1"])(
  "%s gets mail that came into a dead path with its next request",
  (model) => {
    const run = wire({ model, idleTimeoutMs: 13 * MINUTE, mailAt: [14 * MINUTE], durationMs: HOUR });
    const [dead, next] = run.records;
    expect(dead?.ending.kind).toBe("silence");
    expect(next).toMatchObject({ ending: { kind: "changes" }, durationMs: 0 });
    expect(run.records[2]?.ending.kind).toBe("held");
  },
);

test.each([
  [15 * MINUTE, "silence"],
  [15 * MINUTE + 1, "held"],
])(
  "with an idle time-out of %i ms, 15 min end in %s: silence of exactly the time-out has expired",
  (idleTimeoutMs, ending) => {
    expect(endings(wire({ model: "fixed", idleTimeoutMs, durationMs: 20 * MINUTE }))[0]).toBe(ending);
  },
);

test.each(["windows-mobile", "windows-mobile-6.1", "fixed"])(
  "%s takes the limit of a server that holds 10 min",
  (model) => {
    const run = wire({ model, server: { maximumSeconds: 600 }, durationMs: 2 * HOUR });
    expect(minutesAsked(run).slice(0, 4)).toEqual([15, 10, 10, 10]);
    expect(endings(run).slice(0, 3)).toEqual(["rejected", "held", "held"]);
  },
);

test("android-2013 takes the limit of a server that holds 10 min as often as it raises past it", () => {
  const run = wire({ model: "android-2013", server: { maximumSeconds: 600 }, durationMs: 2 * HOUR });
  expect(minutesAsked(run).slice(0, 6)).toEqual([8, 13, 10, 15, 10, 15]);
  expect(endings(run).slice(0, 5)).toEqual(["held", "rejected", "held", "rejected", "held"]);
});

test("android-2012 takes the limit of a server that holds 10 min, and it is its maximum from then on", () => {
  const run = wire({ model: "android-2012", server: { maximumSeconds: 600 }, durationMs: 2 * HOUR });
  expect(run.records.map((record) => record.heartbeatIntervalSeconds).slice(0, 4)).toEqual([470, 650, 600, 600]);
});

test("android-2009 is refused for ever by a server whose minimum is above what it asks, and pauses in between", () => {
  const run = wire({ model: "android-2009", server: { minimumSeconds: 300 }, durationMs: HOUR });
  expect(new Set(endings(run))).toEqual(new Set(["rejected"]));
  expect(run.records.every((record) => record.heartbeatIntervalSeconds === 295)).toBe(true);
  expect(run.requests.length).toBeLessThan(40);
});

test.each(["windows-mobile", "windows-mobile-6.1", "android-2009", "android-2012", "android-2013"])(
  "%s provisions where it must, and waits then",
  (model) => {
    const run = wire({ model, server: { provisioningRequired: true }, durationMs: HOUR });
    expect(endings(run).length).toBeGreaterThan(2);
    expect(new Set(endings(run))).toEqual(new Set(["held"]));
  },
);

test("a server of which one folder is enough is told of one folder", () => {
  const run = wire({ model: "windows-mobile", server: { maxFolders: 1 }, durationMs: HOUR });
  expect(endings(run)[0]).toBe("held");
  const pings = run.requests.flatMap(({ request }) => (request.command === "Ping" ? [request.body] : []));
  expect(pings[0]?.folders).toHaveLength(1);
});

test("unanswered waiting requests of a device never pile up at the server", () => {
  const run = wire({ model: "windows-mobile", idleTimeoutMs: 5 * MINUTE, durationMs: 24 * HOUR });
  expect(run.parked).toBe(1);
});

test("all mail of a day is brought, whichever way the device waits and the carrier ends flows", () => {
  const mailAt = Array.from({ length: 60 }, (_, index) => index * 23 * MINUTE + index * 7 * SECOND);
  for (const { name: model } of DEVICE_MODELS) {
    for (const atExpiry of ["drop", "reset", "closed"] as const) {
      const run = wire({ model, atExpiry, idleTimeoutMs: 13 * MINUTE, mailAt, durationMs: 25 * HOUR });
      expect(run.brought, `${model}, ${atExpiry}`).toEqual(mailAt.map((at) => `mail at ${at}`));
    }
  }
});
