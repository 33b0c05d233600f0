import { afterAll, expect, test } from "vitest";
import { runStorm } from "../support/run-storm.ts";
import { expectNothingOpen } from "../support/wire-stage.ts";

afterAll(expectNothingOpen);

test("300 calls at random, 8 at once, leave 20 flows alone and what a model says; the long run is in test/system", async () => {
  const { calls, flows, statuses } = await runStorm({ calls: 320, flows: 20, workers: 8, seed: 1 });
  expect(calls).toBe(320);
  expect([flows.flows, flows.faults]).toEqual([20, []]);
  expect(flows.sentBytes).toBeGreaterThan(20 * 4096);
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 201, 204, 400, 403, 404, 405, 409, 415, 422]));
});
