import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TimerQueue } from "../../src/core/timer-queue.ts";

/** Takes and runs all that is due, and returns the instants of what ran. */
function runDue(queue: TimerQueue, now: number): readonly number[] {
  const instants: number[] = [];
  for (let due = queue.takeDue(now); due !== undefined; due = queue.takeDue(now)) {
    instants.push(due.at);
    due.task();
  }
  return instants;
}

test("an empty queue has no next instant and nothing due", () => {
  const queue = new TimerQueue();
  expect(queue.size).toBe(0);
  expect(queue.nextAt()).toBeUndefined();
  expect(queue.takeDue(Infinity)).toBeUndefined();
});

test.each([
  [99, 0],
  [100, 1],
  [101, 1],
])("a task for 100 ms seen at %i ms is due %i times", (now, times) => {
  const queue = new TimerQueue();
  queue.add(100, () => undefined);
  expect(queue.nextAt()).toBe(100);
  expect(runDue(queue, now)).toHaveLength(times);
  expect(queue.size).toBe(1 - times);
});

test("a cancelled task neither counts nor runs, and cancelling twice is cancelling once", () => {
  const queue = new TimerQueue();
  const ran: string[] = [];
  const first = queue.add(1, () => ran.push("first"));
  queue.add(2, () => ran.push("second"));
  first.cancel();
  first.cancel();
  expect(queue.size).toBe(1);
  expect(queue.nextAt()).toBe(2);
  runDue(queue, 10);
  expect(ran).toEqual(["second"]);
  expect(queue.size).toBe(0);
});

test("cancelling a task that ran changes nothing", () => {
  const queue = new TimerQueue();
  const timer = queue.add(1, () => undefined);
  queue.add(5, () => undefined);
  runDue(queue, 1);
  timer.cancel();
  expect(queue.size).toBe(1);
  expect(queue.nextAt()).toBe(5);
});

test("a timer moved a hundred thousand times runs once, at its latest instant, and disturbs no other", () => {
  const queue = new TimerQueue();
  const ran: number[] = [];
  for (let at = 0; at < 5; at += 1) queue.add(at, () => ran.push(at));
  let timer = queue.add(1000, () => ran.push(1000));
  for (let at = 1001; at <= 101_000; at += 1) {
    timer.cancel();
    timer = queue.add(at, () => ran.push(at));
  }
  expect(queue.size).toBe(6);
  runDue(queue, Infinity);
  expect(ran).toEqual([0, 1, 2, 3, 4, 101_000]);
});

test("an instant that is not a number is refused, since it has no place in any order", () => {
  const queue = new TimerQueue();
  expect(() => queue.add(Number.NaN, () => undefined)).toThrow(RangeError);
});

test("tasks come by instant, then in the order in which they were added, without those cancelled", () => {
  const task = fc.record({ at: fc.nat(20), cancelled: fc.boolean() });
  fc.assert(
    fc.property(fc.array(task, { maxLength: 300 }), (tasks) => {
      const queue = new TimerQueue();
      const ran: number[] = [];
      const timers = tasks.map(({ at }, index) => queue.add(at, () => ran.push(index)));
      for (const [index, { cancelled }] of tasks.entries()) if (cancelled) timers[index]?.cancel();
      const expected = [...tasks.entries()]
        .filter(([, { cancelled }]) => !cancelled)
        .sort(([leftIndex, left], [rightIndex, right]) => left.at - right.at || leftIndex - rightIndex);
      expect(queue.size).toBe(expected.length);
      expect(queue.nextAt()).toBe(expected[0]?.[1].at);
      expect(runDue(queue, 20)).toEqual(expected.map(([, { at }]) => at));
      expect(ran).toEqual(expected.map(([index]) => index));
    }),
  );
});
