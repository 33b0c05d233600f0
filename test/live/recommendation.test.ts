import { expect, test } from "vitest";
import type { Recommendation } from "../../src/heartbeat/recommendation/types.ts";
import type { Hop } from "../../src/path/hop.ts";
import { android, fixed, learn, windowsMobile } from "../support/learning.ts";
import { idleHop, profileOf } from "../support/rig.ts";

const RESET = { toDevice: "reset", toServer: "reset" } as const;

const carrier: Hop = { ...idleHop(780_000, { toDevice: "drop", toServer: "drop" }, "carrier"), kind: "nat" };

function firewall(minutes: number): Hop {
  return idleHop(minutes * 60_000, RESET, "firewall");
}

/** What is recommended for all that has been seen, once that is as expected. */
function until(holds: (found: Recommendation) => boolean): Parameters<typeof learn>[1] {
  return (emulator) => holds(emulator.recommendation().overall);
}

function decided({ boundBy, sample }: Recommendation): boolean {
  return boundBy !== undefined && sample.heartbeats >= 10;
}

test.concurrent("behind a carrier of 13 min no firewall has to be longer than its 30", async () => {
  const { recommendations } = await learn(
    {
      profile: profileOf(carrier, firewall(30)),
      timeScale: 1800,
      devices: [windowsMobile(900, 480, 240), windowsMobile(900, 480, 240)],
    },
    until((found) => decided(found) && found.sample.settled === 2),
  );
  expect(recommendations.overall).toMatchObject({
    boundBy: "hop",
    hop: "carrier",
    atMostSeconds: 780,
    aboveSeconds: 720,
    confidence: 1,
    notEnough: undefined,
    wontHelp: ["raising firewall (firewall, 30 min) gains nothing: carrier (nat, 13 min) forgets first"],
    hops: [
      { hop: "carrier", action: "ask", recommendedSeconds: 1800 },
      { hop: "firewall", action: "keep", idleTimeoutSeconds: 1800 },
    ],
    sample: { devices: 2, settled: 2, askedSeconds: 720, longestHeldSeconds: 720 },
    gain: { intervalSeconds: 1800, heartbeatsPerDayNow: 120, heartbeatsPerDayThen: 48 },
  });
  expect(recommendations.networks).toMatchObject([{ network: "127.0.0.0/24", listener: "mail", hop: "carrier" }]);
});

test.concurrent("a firewall of 5 min and nothing else is to have 30", async () => {
  const { recommendations } = await learn(
    { profile: profileOf(firewall(5)), devices: [windowsMobile(480, 240, 240), windowsMobile(480, 240, 240)] },
    until((found) => decided(found)),
  );
  expect(recommendations.overall).toMatchObject({
    boundBy: "hop",
    hop: "firewall",
    atMostSeconds: 300,
    hops: [{ hop: "firewall", action: "raise", idleTimeoutSeconds: 300, recommendedSeconds: 1800 }],
    wontHelp: [],
    gain: { intervalSeconds: 1800, heartbeatsPerDayThen: 48 },
  });
  expect(recommendations.overall.text).toMatch(
    /^firewall \(firewall, 5 min\) bounds the heartbeat: \d+ of \d+ heartbeats died there\. Raise firewall to 30 min\.$/u,
  );
});

test.concurrent("a wall in front that nobody told of bounds what no hop of ours can raise", async () => {
  const { recommendations } = await learn(
    {
      wall: profileOf(idleHop(440_000, RESET)),
      profile: profileOf(firewall(30)),
      devices: [windowsMobile(900, 460, 240), windowsMobile(400, 200, 32), android("android-2013")],
    },
    until(({ boundBy, aboveSeconds }) => boundBy === "front" && aboveSeconds !== undefined),
  );
  const { overall } = recommendations;
  expect(overall).toMatchObject({ boundBy: "front", hop: undefined, hops: [{ hop: "firewall", action: "keep" }] });
  expect(overall.atMostSeconds).toBeGreaterThanOrEqual(440);
  expect(overall.aboveSeconds).toBeLessThan(440);
  expect(overall.confidence).toBeGreaterThanOrEqual(0.995);
  expect(overall.wontHelp).toEqual([
    expect.stringMatching(
      /^raising firewall \(firewall, 30 min\) gains nothing: what is in front forgets after \d+ min/u,
    ),
  ]);
});

test.concurrent("a server that takes no more than 10 min bounds devices that no path fails", async () => {
  const { recommendations } = await learn(
    { profile: profileOf(firewall(30)), devices: Array.from({ length: 4 }, () => fixed(960)), maximumSeconds: 600 },
    until((found) => decided(found)),
  );
  expect(recommendations.overall).toMatchObject({ boundBy: "server", atMostSeconds: 600, gain: undefined });
});

test.concurrent("devices that ask for no more bound themselves", async () => {
  const { recommendations } = await learn(
    { profile: profileOf(firewall(60)), devices: Array.from({ length: 4 }, () => fixed(480)) },
    until((found) => decided(found)),
  );
  expect(recommendations.overall).toMatchObject({ boundBy: "devices", hops: [{ action: "keep" }], gain: undefined });
});

test.concurrent("before anything was seen, and after too little, that is said", async () => {
  const none = await learn({ devices: [] }, () => true);
  expect(none.recommendations).toMatchObject({
    networks: [],
    overall: { boundBy: undefined, notEnough: { of: "heartbeats", seen: 0, needed: 10 } },
  });
  expect(none.recommendations.overall.text).toMatch(/^not enough seen yet: 0 of the 10 heartbeats needed/u);
  const few = await learn(
    { profile: profileOf(firewall(5)), devices: [windowsMobile(480, 240, 240)] },
    until(({ sample }) => sample.heartbeats === 1),
  );
  expect(few.recommendations.overall).toMatchObject({
    boundBy: undefined,
    notEnough: { of: "expiries", seen: 1, needed: 3 },
  });
});
