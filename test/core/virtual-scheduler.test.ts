import { expect, test } from "vitest";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";

test("time starts at 0 and stands still until it is told to run", () => {
  const scheduler = new VirtualScheduler();
  scheduler.schedule(5, () => expect.unreachable());
  expect(scheduler.now()).toBe(0);
  expect(scheduler.pending).toBe(1);
});

test("each task sees its own instant, and the end is inclusive", () => {
  const scheduler = new VirtualScheduler();
  const seen: number[] = [];
  for (const at of [30, 10, 20, 31]) scheduler.schedule(at, () => seen.push(scheduler.now()));
  scheduler.runUntil(30);
  expect(seen).toEqual([10, 20, 30]);
  expect(scheduler.now()).toBe(30);
  expect(scheduler.pending).toBe(1);
});

test("time moves to the end also when nothing waits, and never back", () => {
  const scheduler = new VirtualScheduler();
  scheduler.runUntil(100);
  scheduler.runUntil(50);
  expect(scheduler.now()).toBe(100);
});

test("a task scheduled for the past runs at the present instant, behind those that wait for it already", () => {
  const scheduler = new VirtualScheduler();
  const seen: string[] = [];
  scheduler.schedule(10, () => {
    scheduler.schedule(3, () => seen.push(`late at ${scheduler.now()}`));
  });
  scheduler.schedule(10, () => seen.push("second"));
  scheduler.runUntil(10);
  expect(seen).toEqual(["second", "late at 10"]);
});

test("a cancelled task does not run", () => {
  const scheduler = new VirtualScheduler();
  scheduler.schedule(1, () => expect.unreachable()).cancel();
  scheduler.runUntil(10);
  expect(scheduler.pending).toBe(0);
});

test("running until done stops at the task that made it so", () => {
  const scheduler = new VirtualScheduler();
  let count = 0;
  for (const at of [1, 2, 3]) scheduler.schedule(at, () => (count += 1));
  scheduler.runUntilDone(() => count === 2, Infinity);
  expect([count, scheduler.now(), scheduler.pending]).toEqual([2, 2, 1]);
});

test("running until done stops at the last task before the end, when it is not done by then", () => {
  const scheduler = new VirtualScheduler();
  for (const at of [1, 2, 3]) scheduler.schedule(at, () => undefined);
  scheduler.runUntilDone(() => false, 2);
  expect([scheduler.now(), scheduler.pending]).toEqual([2, 1]);
  scheduler.runUntilDone(() => false, Infinity);
  expect([scheduler.now(), scheduler.pending]).toEqual([3, 0]);
});

test("the instant of the next task is known, that of one taken back is not", () => {
  const scheduler = new VirtualScheduler();
  expect(scheduler.nextAt()).toBeUndefined();
  const first = scheduler.schedule(5, () => undefined);
  scheduler.schedule(9, () => undefined);
  expect(scheduler.nextAt()).toBe(5);
  first.cancel();
  expect(scheduler.nextAt()).toBe(9);
});
