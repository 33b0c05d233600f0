import { describe, expect, test } from "vitest";
import { ClientAccess } from "../../src/heartbeat/client-access.ts";
import type { DeviceExchange } from "../../src/heartbeat/device-events.ts";
import type { HeartbeatEvent } from "../../src/heartbeat/events.ts";
import type { FlowEvent } from "../../src/path/flow-event.ts";
import type { Hop } from "../../src/path/hop.ts";
import { scenarioDevice, scenarioSession } from "../../src/sizing/scenario.ts";
import { World, type WorldMail } from "../../src/sizing/world.ts";
import { both } from "../path/flows.ts";
import { fixedAt, hopThat, HOUR, MINUTE, scenarioOf, SECOND, type Said } from "./scenarios.ts";

interface Seen {
  readonly world: World;
  readonly clientAccess: ClientAccess;
  readonly flows: FlowEvent[];
  readonly heartbeats: HeartbeatEvent[];
  readonly concluded: DeviceExchange[];
}

function worldOf(hops: readonly Hop[], mail: Iterable<WorldMail> = []): Seen {
  const clientAccess = new ClientAccess();
  const flows: FlowEvent[] = [];
  const heartbeats: HeartbeatEvent[] = [];
  const concluded: DeviceExchange[] = [];
  const observer = {
    asked: () => undefined,
    concluded: (_device: string, exchange: DeviceExchange) => void concluded.push(exchange),
    heartbeat: (event: HeartbeatEvent) => void heartbeats.push(event),
    flow: (event: FlowEvent) => void flows.push(event),
  };
  return { world: new World({ hops, clientAccess, mail, observer }), clientAccess, flows, heartbeats, concluded };
}

function add({ world }: Seen, number: number, said: Said, startAt?: number): void {
  const scenario = scenarioOf(said);
  world.add({ ...scenarioDevice(scenario, number), session: scenarioSession(scenario) }, startAt);
}

test("a device starts when it is said to, and at once when nothing is said", () => {
  const seen = worldOf([]);
  add(seen, 1, fixedAt(15));
  add(seen, 2, fixedAt(15), 5 * MINUTE);
  seen.world.runUntil(HOUR);
  const asked = seen.heartbeats.flatMap((event) => (event.kind === "asked" ? [event.exchange] : []));
  const firstOf = (id: string) => asked.find(({ device }) => device.deviceId === id)?.askedAt;
  expect([firstOf("device0001"), firstOf("device0002")]).toEqual([0, 5 * MINUTE]);
});

test("a world goes on from where it was stopped", () => {
  const seen = worldOf([]);
  add(seen, 1, fixedAt(15));
  seen.world.runUntil(14 * MINUTE);
  expect(seen.concluded).toEqual([]);
  seen.world.runUntil(15 * MINUTE);
  expect(seen.concluded).toMatchObject([{ durationMs: 15 * MINUTE, ending: { kind: "held" } }]);
});

test("a device keeps its connection from request to request, and takes a new one after a failure", () => {
  const seen = worldOf([hopThat("carrier", 10 * MINUTE, both("drop"))]);
  add(seen, 1, fixedAt(8));
  seen.world.runUntil(HOUR);
  expect(seen.flows.map(({ kind }) => kind)).toEqual(["opened"]);
  const failing = worldOf([hopThat("carrier", 10 * MINUTE, both("reset"))]);
  add(failing, 1, fixedAt(15));
  failing.world.runUntil(25 * MINUTE);
  expect(failing.flows.slice(0, 4).map(({ kind }) => kind)).toEqual(["opened", "ended", "opened", "closed"]);
});

describe("what nobody waits for any more", () => {
  test("a swallowed request stays at the server until it answers, and that answer is told as late", () => {
    const seen = worldOf([hopThat("carrier", 13 * MINUTE, both("drop"))]);
    add(seen, 1, fixedAt(14, SECOND));
    seen.world.runUntil(13 * MINUTE + 30 * SECOND);
    expect(seen.clientAccess.parked).toBe(1);
    seen.world.runUntil(14 * MINUTE + 500);
    expect(seen.heartbeats.map(({ kind }) => kind)).toEqual(["asked", "ended", "lateAnswer"]);
  });
});

test("an endless schedule of mail is taken one message at a time", () => {
  let taken = 0;
  const endless: Iterable<WorldMail> = {
    *[Symbol.iterator]() {
      for (;;) yield { at: (taken += 1) * MINUTE, user: "USER0001" };
    },
  };
  const seen = worldOf([], endless);
  add(seen, 1, fixedAt(15));
  seen.world.runUntil(10 * MINUTE);
  expect(taken).toBe(11);
  expect(seen.concluded.map(({ ending }) => ending.kind)).toEqual(Array.from({ length: 10 }, () => "changes"));
});

test("mail comes behind what is due at its instant, and one message at a time", () => {
  const seen = worldOf(
    [],
    [15, 15].map((minutes) => ({ at: minutes * MINUTE, user: "user0001" })),
  );
  add(seen, 1, fixedAt(15));
  const endings: (readonly string[])[] = [];
  while (seen.world.step(15 * MINUTE)) endings.push(seen.concluded.map(({ ending }) => ending.kind));
  expect(endings.filter((each) => each.length > 0)).toEqual([
    ["held"],
    ["held", "changes"],
    ["held", "changes", "changes"],
  ]);
  expect(seen.world.now).toBe(15 * MINUTE);
});

test("a step that is not due yet is not taken", () => {
  const seen = worldOf([]);
  add(seen, 1, fixedAt(15), MINUTE);
  expect([seen.world.step(MINUTE - 1), seen.world.now]).toEqual([false, 0]);
  expect([seen.world.step(MINUTE), seen.world.now]).toEqual([true, MINUTE]);
});

describe("what a world goes on from", () => {
  const carrier = hopThat("carrier", 20 * MINUTE, both("drop"));

  test("is told while its device waits", () => {
    const seen = worldOf([carrier]);
    expect(seen.world.fingerprint()).toBeUndefined();
    add(seen, 1, fixedAt(15));
    seen.world.runUntil(0);
    expect(seen.world.fingerprint()).toMatch(/waiting/u);
  });

  test.each([
    { type: "lifetime" as const, ageMs: HOUR, atExpiry: both("drop") },
    {
      type: "idle-timeout" as const,
      idleTimeoutMs: HOUR,
      atExpiry: both("drop"),
      refreshedBy: "either" as const,
      match: { share: 0.5 },
    },
    {
      type: "idle-timeout" as const,
      idleTimeoutMs: HOUR,
      atExpiry: both("drop"),
      refreshedBy: "either" as const,
      during: { fromMs: HOUR },
    },
  ])("is not told where a condition may know more than when it is due: %o", (condition) => {
    const seen = worldOf([carrier, { name: "firewall", kind: "firewall", conditions: [condition] }]);
    add(seen, 1, fixedAt(15));
    seen.world.runUntil(0);
    expect(seen.world.fingerprint()).toBeUndefined();
  });
});
