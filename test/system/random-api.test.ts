import { expect, test } from "vitest";
import { runStorm } from "../support/run-storm.ts";

test("10,000 calls at random, 16 at once, lose or alter no byte of 500 flows and end as a model says", async () => {
  const seed = Number(process.env["IDLEWALL_TEST_SEED"] ?? Math.floor(Math.random() * 1_000_000));
  console.log(`seed ${seed}; IDLEWALL_TEST_SEED=${seed} repeats the calls`);
  const started = performance.now();
  const { calls, flows, statuses, events } = await runStorm({ calls: 10_048, flows: 500, workers: 16, seed });
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${calls} calls in ${seconds} s, ${flows.sentBytes} bytes there and back, ${events} events`);
  console.log(`answers: ${[...statuses].map(([status, count]) => `${status} ${count} times`).join(", ")}`);
  expect(calls).toBeGreaterThanOrEqual(10_000);
  expect([flows.flows, flows.faults]).toEqual([500, []]);
  expect(flows.sentBytes).toBeGreaterThan(10_000_000);
});
