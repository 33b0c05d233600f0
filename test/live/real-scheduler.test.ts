import { expect, test } from "vitest";
import { RealScheduler, type RealSchedulerOptions } from "../../src/live/real-scheduler.ts";

/** Keeps the processor busy for some real ms. */
function stall(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/** Runs two tasks, the first of which keeps the second one waiting for 25 real ms. */
async function twoTasks(options: RealSchedulerOptions): Promise<RealScheduler> {
  const scheduler = new RealScheduler(options);
  await new Promise<void>((resolve) => {
    const now = scheduler.now();
    scheduler.schedule(now, () => stall(25));
    scheduler.schedule(now + 1, resolve);
  });
  scheduler.stop();
  return scheduler;
}

/** How many tasks were later than that, in s. */
function laterThan({ lateness }: RealScheduler, seconds: number): number {
  const counts = lateness.cumulative();
  return (counts.at(-1) ?? 0) - (counts[lateness.bounds.indexOf(seconds)] ?? NaN);
}

test("counts how late each task runs, what tasks before it took included", async () => {
  const scheduler = await twoTasks({});
  expect(scheduler.lateness.cumulative().at(-1)).toBe(2);
  expect(laterThan(scheduler, 0.02)).toBeGreaterThanOrEqual(1);
  expect(scheduler.lateness.sum).toBeGreaterThan(0.02);
});

test("counts in real seconds, however fast emulated time runs", async () => {
  const { lateness } = await twoTasks({ timeScale: 1000 });
  expect(lateness.sum).toBeGreaterThan(0.02);
  expect(lateness.sum).toBeLessThan(20);
});

test("counts nothing while it is paced: the clock stands until a task has run", async () => {
  expect((await twoTasks({ paced: true })).lateness.cumulative().at(-1)).toBe(0);
});

test("runs what falls due in a long turn of the event loop between two of its callbacks", async () => {
  const scheduler = new RealScheduler();
  const order: string[] = [];
  scheduler.schedule(scheduler.now() + 5, () => order.push("due"));
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      stall(10);
      scheduler.now();
      order.push("first callback");
    });
    setImmediate(() => {
      order.push("second callback");
      resolve();
    });
  });
  scheduler.stop();
  expect(order).toEqual(["first callback", "due", "second callback"]);
});

test("runs a task once and goes on, when it was hastened and a task was added in the same callback", async () => {
  const scheduler = new RealScheduler();
  const ran: string[] = [];
  scheduler.schedule(scheduler.now() + 2, () => ran.push("due"));
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      stall(5);
      scheduler.schedule(scheduler.now(), () => ran.push("added"));
      scheduler.schedule(scheduler.now() + 20, resolve);
    });
  });
  scheduler.stop();
  expect(ran).toEqual(["due", "added"]);
});
