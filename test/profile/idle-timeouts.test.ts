import { expect, test } from "vitest";
import type { Hop } from "../../src/path/hop.ts";
import { idleTimeoutsOf, shortestIdleTimeoutMs } from "../../src/profile/idle-timeouts.ts";

const atExpiry = { toDevice: "drop", toServer: "drop" } as const;
const hop = (name: string, ...times: readonly number[]): Hop => ({
  name,
  kind: "nat",
  conditions: times.map((idleTimeoutMs) => ({ type: "idle-timeout", idleTimeoutMs, atExpiry, refreshedBy: "either" })),
});
const profile = (...hops: readonly Hop[]) => ({ name: "a", title: "b", source: "c", hops });

test("the shortest idle time-out of a path decides, whichever hop has it", () => {
  expect(shortestIdleTimeoutMs(profile(hop("a", 5000, 3000), hop("b"), hop("c", 4000)))).toBe(3000);
  expect(shortestIdleTimeoutMs(profile(hop("a", 5000), hop("b", 2000)))).toBe(2000);
});

test("a path without idle time-outs has none", () => {
  expect(shortestIdleTimeoutMs(profile())).toBeUndefined();
  expect(shortestIdleTimeoutMs(profile(hop("a")))).toBeUndefined();
});

test("the idle time-outs of a hop keep their order", () => {
  expect(idleTimeoutsOf(hop("a", 5000, 3000)).map(({ idleTimeoutMs }) => idleTimeoutMs)).toEqual([5000, 3000]);
});
