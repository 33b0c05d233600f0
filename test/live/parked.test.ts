import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LegKind } from "../../src/live/front.ts";
import { starvedMs } from "../support/pass-starved.js";
import { idleHop, profileOf, type Rig, startRig } from "../support/rig.ts";

/** How many of the parked requests hang on which leg. */
const PARKED: readonly (readonly [LegKind, number])[] = [
  ["auto", 2000],
  ["conditioned", 250],
];
const COUNT = PARKED.reduce((sum, [, count]) => sum + count, 0);
const IDLE_TIMEOUT_MS = 6000;
const RESET = { toDevice: "reset", toServer: "reset" } as const;

let fleet: ChildProcess;
let serverPort = 0;

beforeAll(async () => {
  fleet = fork(new URL("../support/pass-fleet.js", import.meta.url), { execArgv: [] });
  serverPort = Number((await told("serverPort"))["serverPort"]);
});
afterAll(() => {
  fleet.kill();
});

/** What this machine gave to others, and neither the proxy nor the devices could use, is not counted as late. */
test("cuts more than 2,000 requests parked at once, none early and each within 1 % + 250 ms", async () => {
  const profile = profileOf(idleHop(IDLE_TIMEOUT_MS, RESET));
  const rigs = await Promise.all(PARKED.map(([legKind]) => startRig(serverPort, { legKind, profile })));
  const ports = PARKED.map(([, count], at) => [rigs[at]?.proxy.port, count]);
  const [parked, cut] = [told("parked"), told("waits")];
  fleet.send({ ports });

  await parked;
  expect(rigs.map((rig) => rig.proxy.flowCount)).toEqual(PARKED.map(([, count]) => count));
  expect(expiries(rigs)).toBe(0);

  const starvedBefore = starvedMs();
  const { waits, ends, starvedMs: fleetStarvedMs } = await cut;
  const starved = starvedMs() - starvedBefore + Number(fleetStarvedMs);
  const sorted = Array.isArray(waits) ? waits.map(Number).sort((left, right) => left - right) : [];
  expect(ends).toEqual(["ECONNRESET"]);
  expect(sorted).toHaveLength(COUNT);
  expect(sorted[0]).toBeGreaterThanOrEqual(IDLE_TIMEOUT_MS - 1);
  expect(sorted.at(-1)).toBeLessThanOrEqual(IDLE_TIMEOUT_MS * 1.01 + 250 + starved);
  expect(expiries(rigs)).toBe(COUNT);
  await Promise.all(rigs.map((rig) => rig.stop()));
});

function expiries(rigs: readonly Rig[]): number {
  return rigs.reduce((sum, rig) => sum + rig.flows.filter((event) => event.kind === "ended").length, 0);
}

/** The next message of the fleet in which that name stands. */
async function told(name: string): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const [message]: unknown[] = await once(fleet, "message");
    if (typeof message === "object" && message !== null && name in message) return { ...message };
  }
}
