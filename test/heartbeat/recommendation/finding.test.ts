import { describe, expect, test } from "vitest";
import { findingOf } from "../../../src/heartbeat/recommendation/finding.ts";
import type { Negotiation } from "../../../src/heartbeat/followed.ts";
import type { KnownHop } from "../../../src/heartbeat/recommendation/types.ts";
import { failing, knownHop, knownOf, negotiation, networkView, placeIn, wall } from "../../support/known.ts";

function find(hops: readonly KnownHop[], negotiations: readonly Negotiation[], network = networkView()) {
  return findingOf(placeIn(knownOf(hops, negotiations, [network])));
}

const carrier = knownHop("carrier", 13, "nat");
const firewall = knownHop("firewall", 30);

describe("a hop of ours", () => {
  test.each([
    [3, {}],
    [1, { held: 9 }],
    [1, { changes: 9 }],
  ])("bounds the heartbeat when %d died there, beside %j", (count, counts) => {
    expect(find([carrier, firewall], [failing("carrier", 13, count, counts)])).toEqual({
      by: "hop",
      hop: carrier,
      expiries: count,
    });
  });

  test.each([
    [2, {}],
    [1, { held: 8 }],
  ])("is not blamed yet when %d died there, beside %j", (count, counts) => {
    expect(find([carrier], [failing("carrier", 13, count, counts)])).toEqual({
      by: "none",
      notEnough: { of: "expiries", seen: count, needed: 3 },
    });
  });

  test("is that at which most died, of whatever devices", () => {
    const narrow = knownHop("proxy", 5, "reverse-proxy", true);
    const devices = [failing("carrier", 13, 2), failing("proxy", 5, 2), failing("proxy", 5, 3)];
    expect(find([carrier, narrow], devices)).toMatchObject({ by: "hop", hop: narrow, expiries: 5 });
  });

  test("is not blamed for what died there before it was made longer", () => {
    const devices = [failing("firewall", 5, 20, { held: 8 })];
    expect(find([firewall], devices)).toMatchObject({ by: "none" });
    expect(find([knownHop("firewall", 5.5)], devices)).toMatchObject({ by: "hop", expiries: 20 });
    expect(find([knownHop("firewall", 4)], devices)).toMatchObject({ by: "hop", expiries: 20 });
  });

  test("that is gone is not blamed", () => {
    expect(find([], [failing("firewall", 5, 20)])).toMatchObject({ by: "none" });
  });
});

describe("a wall in front", () => {
  const device = negotiation({ state: "searching", shortestFailedSeconds: 440, counts: { lost: 3 } });

  test.each([
    ["nothing of ours", []],
    ["a hop of ours that is longer", [firewall]],
    ["one that is as long", [knownHop("firewall", 440 / 60)]],
    ["a shorter one that concerns some flows only", [knownHop("firewall", 5, "firewall", true)]],
  ])("bounds the heartbeat before %s", (_, hops) => {
    const view = wall(432, 440);
    expect(find(hops, [device], view)).toEqual({ by: "front", wall: view, wallSeconds: 440 });
  });

  test("does not where a hop of ours is shorter", () => {
    const devices = [failing("firewall", 5, 3)];
    expect(find([knownHop("firewall", 5)], devices, wall(432, 440))).toMatchObject({ by: "hop" });
  });

  test("is told from bad luck by so many failures as are needed at the luck there was", () => {
    const suspected = { state: "suspected", shortestFailedSeconds: 440 } as const;
    const seen = (failedSamples: number, luck: number) =>
      find([], [device], networkView({ ...suspected, failedSamples, confidence: 1 - luck ** failedSamples }));
    expect(seen(1, 0.1)).toEqual({ by: "none", notEnough: { of: "failures", seen: 1, needed: 3 } });
    expect(seen(2, 0.25)).toEqual({ by: "none", notEnough: { of: "failures", seen: 2, needed: 4 } });
  });
});

describe("devices that are content", () => {
  test("bound themselves when they are most, after ten heartbeats", () => {
    expect(find([firewall], [negotiation()])).toEqual({ by: "devices" });
    const most = [negotiation({ counts: { held: 4 } }), negotiation({ counts: { changes: 5, lost: 1 } })];
    expect(find([firewall], [...most, negotiation({ state: "searching", counts: {} })])).toEqual({ by: "devices" });
  });

  test.each([
    ["nobody has come back yet", [negotiation({ counts: {} })], { of: "heartbeats", seen: 0, needed: 10 }],
    ["there are nine heartbeats", [negotiation({ counts: { held: 9 } })], { of: "heartbeats", seen: 9, needed: 10 }],
    [
      "half of them search still",
      [negotiation(), negotiation({ state: "searching" })],
      { of: "settled devices", seen: 1, needed: 2 },
    ],
    [
      "it was a failure that settled them",
      [negotiation({ shortestFailedSeconds: 900 })],
      { of: "settled devices", seen: 0, needed: 1 },
    ],
    [
      "one has failed and held nothing",
      [negotiation({ shortestFailedSeconds: 900, longestHeldSeconds: undefined })],
      { of: "settled devices", seen: 0, needed: 1 },
    ],
  ] as const)("do not while %s", (_, negotiations, notEnough) => {
    expect(find([firewall], negotiations)).toEqual({ by: "none", notEnough });
  });

  test("are so after a failure that what held since has refuted", () => {
    expect(find([], [negotiation({ shortestFailedSeconds: 600 })])).toEqual({ by: "devices" });
  });

  test("were told to by the server, when half of them were told to ask for less", () => {
    const told = (limitSeconds: number) => negotiation({ serverLimit: { askedSeconds: 900, limitSeconds } });
    expect(find([], [told(600), negotiation()])).toEqual({ by: "server", limitSeconds: 600 });
    expect(find([], [told(600), told(480), negotiation()])).toEqual({ by: "server", limitSeconds: 480 });
    expect(find([], [told(600), negotiation(), negotiation()])).toEqual({ by: "devices" });
    expect(find([], [told(1200)])).toEqual({ by: "devices" });
  });
});
