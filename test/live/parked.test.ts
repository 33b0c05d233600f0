import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LegKind } from "../../src/live/front.ts";
import { idleHop, profileOf, type Rig, startRig } from "../support/rig.ts";

/** How many of the parked requests hang on which leg. */
const PARKED: readonly (readonly [LegKind, number])[] = [
  ["auto", 2000],
  ["conditioned", 500],
];
const REHEARSED = 150;
const RESET = { toDevice: "reset", toServer: "reset" } as const;

let fleet: ChildProcess;
let serverPort = 0;

beforeAll(async () => {
  fleet = fork(new URL("../support/pass-fleet.js", import.meta.url), { execArgv: [] });
  serverPort = Number(await told("serverPort"));
});
afterAll(() => {
  fleet.kill();
});

test("cuts more than 2,000 requests parked at once, none early and each within 1 % + 250 ms", async () => {
  const idleTimeoutMs = await rehearse();
  const rigs = await Promise.all(PARKED.map(([legKind]) => open(legKind, idleTimeoutMs)));
  const ports = PARKED.map(([, count], at) => [rigs[at]?.proxy.port, count]);
  const [parked, [waits, ends]] = [told("parked"), [told("waits"), told("ends")]];
  fleet.send({ kind: "park", ports });

  await parked;
  expect(rigs.map((rig) => rig.proxy.flowCount)).toEqual(PARKED.map(([, count]) => count));
  expect(expiries(rigs)).toBe(0);

  const sorted = [...listOf(await waits)].sort((left, right) => left - right);
  expect(await ends).toEqual(["ECONNRESET"]);
  expect(sorted).toHaveLength(PARKED.reduce((sum, [, count]) => sum + count, 0));
  expect(sorted[0]).toBeGreaterThanOrEqual(idleTimeoutMs - 1);
  expect(sorted.at(-1)).toBeLessThanOrEqual(idleTimeoutMs * 1.01 + 250);
  expect(expiries(rigs)).toBe(sorted.length);
  await Promise.all(rigs.map((rig) => rig.stop()));
});

/** Finds a time-out that is long enough for this machine to park all requests before the first is cut. */
async function rehearse(): Promise<number> {
  const rig = await open("auto", 60_000);
  const took = told("tookMs");
  fleet.send({ kind: "rehearse", ports: [[rig.proxy.port, REHEARSED]] });
  const all = PARKED.reduce((sum, [, count]) => sum + count, 0);
  const expectedMs = (Number(await took) * all) / REHEARSED;
  await rig.stop();
  return Math.ceil(Math.min(Math.max(5000, expectedMs * 1.3), 15_000));
}

function open(legKind: LegKind, idleTimeoutMs: number): Promise<Rig> {
  return startRig(serverPort, { legKind, profile: profileOf(idleHop(idleTimeoutMs, RESET)) });
}

function expiries(rigs: readonly Rig[]): number {
  return rigs.reduce((sum, rig) => sum + rig.flows.filter((event) => event.kind === "ended").length, 0);
}

/** What the fleet says next under that name. */
async function told(name: string): Promise<unknown> {
  for (;;) {
    const [message]: unknown[] = await once(fleet, "message");
    if (typeof message === "object" && message !== null && name in message)
      return Object.entries(message).find(([key]) => key === name)?.[1];
  }
}

function listOf(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.map(Number) : [];
}
