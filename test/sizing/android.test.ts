import { describe, expect, test } from "vitest";
import type { TraceRow } from "../../src/heartbeat/trace.ts";
import { runVirtually } from "../../src/sizing/scenario.ts";
import { inShort, modelScenarios } from "../parity/model-scenarios.ts";
import { HOUR, hopThat, MINUTE, ran, type Said, SECOND } from "./scenarios.ts";

const DROP = { toDevice: "drop", toServer: "drop" } as const;
const RESET = { toDevice: "reset", toServer: "reset" } as const;
const CLOSE = { toDevice: "close", toServer: "close" } as const;
const ANSWER_504 = { toDevice: { respond: 504 }, toServer: "reset" } as const;

function behind(model: string, seconds: number, endings: Parameters<typeof hopThat>[2], said: Said = {}) {
  return ran({ model, hops: [hopThat("hop", seconds * SECOND, endings)], ...said }).rows;
}

test.each(modelScenarios())("the course of $title is that of Android's source", ({ scenario, course }) => {
  const rows: TraceRow[] = [];
  runVirtually(scenario, (each) => rows.push(each));
  expect(rows.length).toBeGreaterThan(5);
  expect(inShort(rows)).toEqual(course(rows.length));
});

/** At a time-out one second below a step, at it, and one above it. */
describe("at the edge of a step", () => {
  const swing = (low: number, high: number) => [`${low} held`, `${high} expired`, `${low} held`, `${high} expired`];

  test.each([
    [779, ["480 held", "780 expired", ...swing(480, 780)]],
    [780, ["480 held", "780 expired", ...swing(480, 780)]],
    [781, ["480 held", ...swing(780, 1080)]],
    [1680, ["480 held", "780 held", "1080 held", ...swing(1380, 1680)]],
    [1681, ["480 held", "780 held", "1080 held", "1380 held", "1680 held", "1680 held", "1680 held"]],
    [480, Array(6).fill("480 expired")],
    [481, ["480 held", "780 expired", ...swing(480, 780)]],
  ])("android-2013 behind %i s, whatever the kind of its end", (seconds, expected) => {
    for (const endings of [DROP, RESET, CLOSE]) {
      const rows = behind("android-2013", seconds, endings, { durationMs: 6 * HOUR });
      expect(inShort(rows).slice(0, expected.length)).toEqual(expected);
    }
  });

  test.each([
    [649, ["470 held", "650 expired", "470 held", "470 held", "470 held"]],
    [650, ["470 held", "650 expired", "470 held", "470 held", "470 held"]],
    [651, ["470 held", "650 held", "830 expired", "650 held", "650 held"]],
    [470, ["470 expired", "290 held", "290 held", "290 held"]],
    [471, ["470 held", "650 expired", "470 held", "470 held"]],
    [290, ["470 expired", "290 expired", "290 expired", "290 expired"]],
    [291, ["470 expired", "290 held", "290 held", "290 held"]],
    [1010, ["470 held", "650 held", "830 held", "1010 expired", "830 held", "830 held"]],
    [1011, ["470 held", "650 held", "830 held", "1010 held", "1010 held", "1010 held"]],
  ])("android-2012 behind %i s that end in an RST", (seconds, expected) => {
    const rows = behind("android-2012", seconds, RESET, { durationMs: 6 * HOUR });
    expect(inShort(rows).slice(0, expected.length)).toEqual(expected);
    expect(rows.map((row) => row.durationSeconds)).toEqual(
      rows.map((row) => (row.outcome === "held" ? row.heartbeatIntervalSeconds : seconds)),
    );
  });

  test.each([
    [294, "expired", 1200],
    [295, "expired", 1200],
    [296, "held", 295],
  ])("android-2009 behind %i s of silence: %s, and it knows after %i s", (seconds, outcome, known) => {
    const [first] = behind("android-2009", seconds, DROP);
    expect(first).toMatchObject({ heartbeatIntervalSeconds: 295, outcome, durationSeconds: known });
  });
});

describe("behind a proxy that answers 504", () => {
  test.each([
    ["android-2009", 295, 240],
    ["android-2012", 470, 240],
    ["android-2013", 480, 240],
  ])("%s asks its %i s at once each time, paced by the proxy's %i s alone", (model, asked, seconds) => {
    const rows = behind(model, seconds, ANSWER_504, { durationMs: HOUR });
    expect(rows.map((row) => row.atSeconds)).toEqual(Array.from({ length: 15 }, (_, index) => index * seconds));
    expect(new Set(inShort(rows))).toEqual(new Set([`${asked} expired`]));
    expect(rows.every((row) => row.durationSeconds === seconds)).toBe(true);
  });

  test.each(["android-2009", "android-2012", "android-2013"])(
    "%s is paced like a failure where the answer takes less than 2 s, so that no run spins",
    (model) => {
      const slow = behind(model, 2, ANSWER_504, { durationMs: MINUTE });
      const hasty = behind(model, 1.999, ANSWER_504, { durationMs: MINUTE });
      expect(slow.length).toBe(30);
      expect(hasty.length).toBeLessThan(5);
    },
  );
});

test("an error path pauses from 15 s on, doubling up to 4 min while nothing is answered", () => {
  const rows = behind("android-2009", 281, RESET, { durationMs: HOUR });
  const pauses = rows.slice(1).map((row, index) => row.atSeconds - (rows[index]?.atSeconds ?? NaN) - 281);
  expect(pauses.slice(0, 7)).toEqual([15, 30, 60, 120, 240, 240, 240]);
});

test("a sleeping android-2012 finds silence with its watchdog, 35 s after the interval, and lowers", () => {
  const said = { settings: { graceMs: 35 * SECOND } };
  const rows = behind("android-2012", 791, DROP, said);
  expect(rows[2]).toMatchObject({ heartbeatIntervalSeconds: 830, durationSeconds: 865 });
  expect(inShort(rows).slice(3, 5)).toEqual(["650 held", "650 held"]);
});

test("android-2009 on Wi-Fi waits 900 s, and no longer than 20 min for an answer", () => {
  const rows = behind("android-2009", 600, DROP, { settings: { initialSeconds: 900 } });
  expect(rows[0]).toMatchObject({ heartbeatIntervalSeconds: 900, durationSeconds: 1200 });
});

test("mail that comes into a swing is brought, and teaches no interval", () => {
  const rows = behind("android-2013", 791, DROP, { mailAt: [10 * MINUTE] });
  expect(inShort(rows).slice(0, 5)).toEqual(["480 held", "780 changes", "780 held", "1080 expired", "780 held"]);
});
