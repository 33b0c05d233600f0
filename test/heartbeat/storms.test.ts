import { expect, test } from "vitest";
import { type Haste, Storms } from "../../src/heartbeat/storms.ts";

/** One device, or several, that ask at instants in ms. */
class Asking {
  readonly storms = new Storms<string, Haste>();
  readonly #devices = new Map<string, Haste>();

  /** Asks so many times; gives at which of them a storm began. */
  asks(count: number, everyMs: number, from: number, key = "phone"): readonly number[] {
    const device = this.#devices.get(key) ?? { lastAskedAt: -Infinity, hastyCount: 0 };
    this.#devices.set(key, device);
    const times = Array.from({ length: count }, (_, index) => index + 1);
    return times.filter((time) => this.storms.ask(key, device, from + (time - 1) * everyMs));
  }
}

test.each([
  [1000, [10]],
  [4999, [10]],
  [5000, []],
  [10_000, []],
])("a device that asks every %i ms begins a storm at %j", (everyMs, began) => {
  expect(new Asking().asks(30, everyMs, 0)).toEqual(began);
});

test("a pause begins the count anew", () => {
  const asking = new Asking();
  asking.asks(9, 1000, 0);
  expect(asking.asks(10, 1000, 13_000)).toEqual([10]);
});

test("a storm ends a minute after the last hasty request, not earlier, and can begin again", () => {
  const asking = new Asking();
  asking.asks(10, 1000, 0);
  asking.asks(1, 0, 20_000);
  const { storms } = asking;
  expect(storms.nextDeadline()).toBe(69_000);
  expect(storms.expire(68_999)).toEqual([]);
  expect(storms.expire(69_000)).toHaveLength(1);
  expect([storms.nextDeadline(), storms.expire(70_000)]).toEqual([undefined, []]);
  expect(asking.asks(10, 1000, 100_000)).toEqual([10]);
});

test("a storm goes on as long as hasty requests come, whatever pauses lie between", () => {
  const asking = new Asking();
  asking.asks(10, 1000, 0);
  asking.asks(2, 1000, 40_000);
  expect(asking.storms.nextDeadline()).toBe(101_000);
});

test("storms end in the order of their deadlines, and with a device that is forgotten", () => {
  const asking = new Asking();
  for (const [index, key] of ["first", "second", "third"].entries()) asking.asks(10, 1000, index * 100, key);
  asking.asks(1, 0, 9500, "first");
  const { storms } = asking;
  expect(storms.nextDeadline()).toBe(69_100);
  expect([storms.forget("second"), storms.forget("second")]).toEqual([true, false]);
  expect([storms.expire(69_200).length, storms.nextDeadline()]).toEqual([1, 69_500]);
});
