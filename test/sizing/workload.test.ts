import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import { DAY_MS, EVEN_HOURS, mailboxMail, WORKING_HOURS } from "../../src/sizing/workload.ts";

const HOUR_MS = DAY_MS / 24;

function mail(perDay: number, hours = EVEN_HOURS, days = 100, seed = 1): readonly number[] {
  return mailboxMail({ perDay, hours }, days * DAY_MS, new Random(seed));
}

test.each([EVEN_HOURS, WORKING_HOURS])("the hours of a day are 24 and sum to 1", (...hours) => {
  expect(hours).toHaveLength(24);
  expect(hours.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
});

describe("a mailbox", () => {
  test("gets as much mail in a day as it should, in whole milliseconds, in order, until the end", () => {
    const instants = mail(40);
    expect(instants.length / 100).toBeGreaterThan(38);
    expect(instants.length / 100).toBeLessThan(42);
    expect(instants.every((at) => Number.isInteger(at) && at > 0 && at <= 100 * DAY_MS)).toBe(true);
    expect(instants.every((at, index) => index === 0 || at >= (instants[index - 1] ?? Infinity))).toBe(true);
  });

  test("gets it by the shares of the hours, every day", () => {
    const instants = mail(40, WORKING_HOURS);
    for (const [hour, share] of WORKING_HOURS.entries()) {
      const inHour = instants.filter((at) => Math.floor((at % DAY_MS) / HOUR_MS) === hour);
      const expected = 4000 * share;
      expect(Math.abs(inHour.length - expected)).toBeLessThan(5 * Math.sqrt(expected));
    }
  });

  test("gets none in an hour without a share", () => {
    const noon = Array.from({ length: 24 }, (_, hour) => (hour === 12 ? 1 : 0));
    expect(mail(40, noon).every((at) => Math.floor((at - 1) / HOUR_MS) % 24 === 12)).toBe(true);
  });

  test("gets none without a rate", () => {
    expect(mail(0)).toEqual([]);
  });

  test("gets the same with the same seed, and something else with another", () => {
    expect(mail(40)).toEqual(mail(40));
    expect(mail(40, EVEN_HOURS, 100, 2)).not.toEqual(mail(40));
  });

  test("gets at first what it gets in a longer run", () => {
    const short = mail(40, WORKING_HOURS, 3);
    expect(mail(40, WORKING_HOURS, 9).slice(0, short.length)).toEqual(short);
  });
});
