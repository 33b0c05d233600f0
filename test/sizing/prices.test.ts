import { expect, test } from "vitest";
import { priced } from "../../src/sizing/prices.ts";
import { constant, sizeSettings } from "./settings.ts";
import { tallyOf } from "./tallies.ts";

const { cost } = sizeSettings();

test("bytes are those of heartbeats, other commands and handshakes, each with both ends", () => {
  const { bytes } = priced(cost, tallyOf({ heartbeats: 10, requests: 15, connections: 2 }), 1);
  expect(bytes.value).toBe(10 * 900 + 5 * 1000 + 2 * (0.5 * 330 + 0.5 * 6500));
  expect(bytes.low).toBe(10 * 600 + 5 * 900 + 2 * 300);
  expect(bytes.high).toBe(10 * 939 + 5 * 2000 + 2 * 6500);
});

test("energy is that of the wake-ups, the fewest at the low end and the most at the high end", () => {
  const { joules } = priced(cost, tallyOf({ wakeUps: { value: 7, low: 9, high: 6 } }), 1);
  expect(joules).toEqual({ value: 70, low: 30, high: 99 });
});

test("a price is that of a device and a day", () => {
  const tally = tallyOf({ heartbeats: 10, requests: 10, wakeUps: { value: 7, low: 7, high: 7 } });
  const flat = { ...cost, heartbeat: constant(100), wakeUp: constant(2) };
  const { bytes, joules } = priced(flat, tally, 5);
  expect([bytes.value, joules.value]).toEqual([200, 2.8]);
});
