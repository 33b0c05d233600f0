import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { mailInstants, readMailRate, type MailSchedule } from "../../src/heartbeat/mail-schedule.ts";

function first(count: number, schedule: MailSchedule, seed = 1): readonly number[] {
  const instants: number[] = [];
  for (const at of mailInstants(schedule, new Random(seed))) {
    if (instants.push(at) === count) break;
  }
  return instants;
}

test("brings mail at the instants listed, in order, twice where one is listed twice", () => {
  expect(first(9, { at: [50, 0, 20, 50] })).toEqual([0, 20, 50, 50]);
});

test("brings none when none is listed", () => {
  expect(first(1, { at: [] })).toEqual([]);
});

test("brings mail at random, the same for the same seed, at the rate asked", () => {
  const schedule = { at: [], meanIntervalMs: 1000 };
  const instants = first(20_000, schedule);
  expect(instants).toEqual(first(20_000, schedule));
  expect(instants).not.toEqual(first(20_000, schedule, 2));
  expect(instants).toEqual(instants.toSorted((left, right) => left - right));
  expect(instants.every(Number.isInteger)).toBe(true);
  expect(Math.abs((instants.at(-1) ?? 0) / 20_000 / 1000 - 1)).toBeLessThan(0.03);
});

test("puts the instants listed in their places between the random ones", () => {
  const random = first(3, { at: [], meanIntervalMs: 1000 });
  const at = [(random[0] ?? 0) + 1, 0];
  const both = first(5, { at, meanIntervalMs: 1000 });
  expect(both).toEqual([...at, ...random].sort((left, right) => left - right));
});

describe("a rate", () => {
  test.each([
    ["40/day", 2_160_000],
    ["1.5/hour", 2_400_000],
    ["60/minute", 1000],
  ])("%s is a mean interval of %i ms", (text, meanIntervalMs) => {
    expect(readMailRate(text)).toEqual({ kind: "rate", meanIntervalMs });
  });

  test.each(["", "40", "40/week", "-1/day", "day", "4 0/day", "40/day "])("%j can't be read", (text) => {
    const fault = `found "${text}", expected a number per minute, hour or day, as in 40/day`;
    expect(readMailRate(text)).toEqual({ kind: "fault", fault });
  });

  test.each(["0/day", "61/minute"])("%s is out of range", (text) => {
    const fault = `found "${text}", expected more than 0 and at most one a second`;
    expect(readMailRate(text)).toEqual({ kind: "fault", fault });
  });
});
