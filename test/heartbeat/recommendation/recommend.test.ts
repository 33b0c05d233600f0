import { describe, expect, test } from "vitest";
import type { Negotiation } from "../../../src/heartbeat/followed.ts";
import { recommend } from "../../../src/heartbeat/recommendation/recommend.ts";
import type { KnownHop, NetworkRecommendation } from "../../../src/heartbeat/recommendation/types.ts";
import { failing, knownHop, knownOf, negotiation, NETWORK, networkView, wall } from "../../support/known.ts";

function recommendOne(
  hops: readonly KnownHop[],
  negotiations: readonly Negotiation[],
  network = networkView(),
): NetworkRecommendation {
  const { networks } = recommend(knownOf(hops, negotiations, [network]));
  const [found] = networks;
  if (found === undefined || networks.length > 1) throw new Error("expected one network");
  return found;
}

const carrier = knownHop("carrier", 13, "nat");
const firewall = knownHop("firewall", 30);

describe("a carrier of 13 min before a firewall of 30", () => {
  const found = recommendOne([carrier, firewall], [failing("carrier", 13, 3, { held: 5, changes: 4 })]);

  test("bounds the heartbeat, without a doubt", () => {
    expect(found).toMatchObject({
      network: NETWORK,
      listener: "mail",
      boundBy: "hop",
      hop: "carrier",
      aboveSeconds: 720,
      atMostSeconds: 780,
      confidence: 1,
      notEnough: undefined,
    });
  });

  test("is said to, with what to do, why, and what would not help", () => {
    expect(found.text).toBe(
      "carrier (nat, 13 min) bounds the heartbeat: 3 of 12 heartbeats died there. Ask who runs it for 30 min or more. What is in your hands is long enough.",
    );
    expect(found.reasons).toEqual([
      "seen so far: 1 device (1 searching, 0 settled, 0 collapsed) and 12 heartbeats, 3 failed; devices ask 12 min (median); the longest that held is 12 min",
      "now 25 % of the heartbeats fail; 120 heartbeats a day and device could become 48, at the best, with intervals of nearly 30 min",
    ]);
    expect(found.wontHelp).toEqual([
      "raising firewall (firewall, 30 min) gains nothing: carrier (nat, 13 min) forgets first",
    ]);
  });

  test("would let intervals grow to those 30 min", () => {
    expect(found.gain).toEqual({
      failedShare: 0.25,
      intervalSeconds: 1800,
      heartbeatsPerDayNow: 120,
      heartbeatsPerDayThen: 48,
    });
  });
});

describe("a firewall that is too short", () => {
  test("is to be raised, with those that have to be longer than it", () => {
    const short = [knownHop("outer", 10), knownHop("inner", 5, "load-balancer")];
    const { text, wontHelp, gain } = recommendOne(short, [failing("inner", 5, 3)]);
    expect(text).toBe(
      "inner (load-balancer, 5 min) bounds the heartbeat: 3 of 3 heartbeats died there. Raise outer to 35 min, inner to 30 min.",
    );
    expect(wontHelp).toEqual([]);
    expect(gain).toMatchObject({ failedShare: 1, intervalSeconds: 1800 });
  });

  test("behind a carrier gains no more than that bears", () => {
    const { gain } = recommendOne([carrier, knownHop("firewall", 5)], [failing("firewall", 5, 3)]);
    expect(gain).toMatchObject({ intervalSeconds: 780 });
  });

  test("behind a wall gains no more than that bears", () => {
    const found = recommendOne([knownHop("firewall", 5)], [failing("firewall", 5, 3)], wall(1080, 1200));
    expect(found.gain).toMatchObject({ intervalSeconds: 1200 });
    expect(found.reasons).toContain("beyond that, something in front forgets after 20 min at the latest");
  });

  test("gains no more than the server takes", () => {
    const told = { ...failing("firewall", 5, 3), serverLimit: { askedSeconds: 1500, limitSeconds: 1200 } };
    expect(recommendOne([knownHop("firewall", 5)], [told]).gain).toMatchObject({ intervalSeconds: 1200 });
  });

  test("for some flows only does not bound the others", () => {
    const narrow = knownHop("narrow", 5, "firewall", true);
    expect(recommendOne([narrow, carrier], [failing("carrier", 13, 3)]).gain).toMatchObject({ intervalSeconds: 1800 });
    expect(recommendOne([narrow, firewall], [failing("narrow", 5, 3)]).gain).toMatchObject({ intervalSeconds: 1800 });
  });

  test("gains nothing that can be told while nobody knows what devices ask", () => {
    const silent = { ...failing("firewall", 5, 3), askedSeconds: undefined, longestHeldSeconds: undefined };
    const found = recommendOne([knownHop("firewall", 5)], [silent]);
    expect(found.gain).toBeUndefined();
    expect(found.reasons).toEqual([
      "seen so far: 1 device (1 searching, 0 settled, 0 collapsed) and 3 heartbeats, 3 failed",
    ]);
  });
});

test("a hop that is as long as is advised has to outlast one inside it at the most, and nothing is gained", () => {
  const device = { ...failing("firewall", 30, 3), askedSeconds: 1900 };
  const { text, gain, wontHelp } = recommendOne([firewall, knownHop("proxy", 60, "reverse-proxy")], [device]);
  expect(text).toBe(
    "firewall (firewall, 30 min) bounds the heartbeat: 3 of 3 heartbeats died there. Raise firewall to 35 min.",
  );
  expect(gain).toBeUndefined();
  expect(wontHelp).toEqual([
    "raising proxy (reverse-proxy, 60 min) gains nothing: firewall (firewall, 30 min) forgets first",
  ]);
  const alone = recommendOne([firewall], [device]);
  expect(alone.text).toMatch(/died there\. What is in your hands is long enough\.$/u);
  expect(alone.gain).toBeUndefined();
});

describe("a wall in front", () => {
  const device = negotiation({ state: "searching", shortestFailedSeconds: 440, counts: { lost: 3, held: 9 } });

  test("is said to bound the heartbeat, between what held and what failed, as sure as it is", () => {
    const found = recommendOne([firewall, knownHop("short", 5, "firewall", true)], [device], wall(432, 440));
    expect(found).toMatchObject({ boundBy: "front", hop: undefined, aboveSeconds: 432, atMostSeconds: 440 });
    expect(found.confidence).toBe(0.999);
    expect(found.text).toBe(
      "something in front of idlewall bounds the heartbeat: it forgets after more than 7 min 12 s and no later than after 7 min 20 s, whatever our hops do. Find who runs it, and have it raised to 30 min.",
    );
    expect(found.wontHelp).toEqual([
      "raising firewall (firewall, 30 min) gains nothing: what is in front forgets after 7 min 20 s at the latest",
    ]);
    expect(found.gain).toMatchObject({ intervalSeconds: 1800 });
  });

  test("is said so without what held, where nothing has", () => {
    const found = recommendOne([], [device], { ...wall(0, 440), longestHeldSeconds: undefined });
    expect(found.text).toMatch(/^something in front of idlewall bounds the heartbeat: it forgets no later than after/u);
  });

  test("that is not sure yet is told, and how much is missing", () => {
    const suspected = { state: "suspected", shortestFailedSeconds: 900, failedSamples: 2, confidence: 0.99 } as const;
    const found = recommendOne([firewall], [device], networkView(suspected));
    expect(found).toMatchObject({
      boundBy: undefined,
      confidence: undefined,
      atMostSeconds: undefined,
      notEnough: { of: "failures", seen: 2, needed: 3 },
      hops: [],
      wontHelp: [],
      gain: undefined,
    });
    expect(found.text).toBe(
      "not enough seen yet: 2 of the 3 failures needed, each at a moment of its own, to tell a wall in front from bad luck.",
    );
    expect(found.reasons).toContain("something in front may forget after 15 min: that is not sure yet");
  });
});

describe("a sound path", () => {
  test("is bound by devices that ask for no more, as sure as few failures are", () => {
    const found = recommendOne([firewall], [negotiation({ counts: { held: 60 } })]);
    expect(found).toMatchObject({ boundBy: "devices", atMostSeconds: undefined, gain: undefined });
    expect(found.confidence).toBeCloseTo(1 - 0.95 ** 60, 10);
    expect(found.text).toBe(
      "the devices bound the heartbeat: 1 of 1 have settled, and ask for no more than they do. The path needs no change.",
    );
    expect(found.wontHelp).toEqual([
      "raising firewall (firewall, 30 min) gains nothing: nothing has failed at what devices ask",
    ]);
  });

  test("is bound by a server that takes no more", () => {
    const told = negotiation({ serverLimit: { askedSeconds: 900, limitSeconds: 720 } });
    const found = recommendOne([firewall, knownHop("short", 10)], [told]);
    expect(found).toMatchObject({ boundBy: "server", atMostSeconds: 720, confidence: 1 });
    expect(found.text).toBe("the server bounds the heartbeat: it takes no more than 12 min. The path needs no change.");
    expect(found.wontHelp).toEqual([
      "raising firewall (firewall, 30 min) gains nothing: the server takes no more than 12 min",
    ]);
  });
});

test("nothing but what is missing is said before anything was seen", () => {
  const found = recommendOne([firewall], [negotiation({ state: "searching", counts: { open: 1 } })]);
  expect([found.text, found.reasons]).toEqual(["not enough seen yet: 0 of the 10 heartbeats needed have ended.", []]);
});

test("a carrier alone is to be asked about, and nothing is said of what nobody has in hand", () => {
  const { text } = recommendOne([carrier], [failing("carrier", 13, 3)]);
  expect(text).toMatch(/died there\. Ask who runs it for 30 min or more\.$/u);
});

test.each([
  [{ of: "expiries", seen: 1 }, [failing("carrier", 13, 1)], "1 of the 3 heartbeats needed have died at one hop"],
  [
    { of: "settled devices", seen: 0 },
    [negotiation({ state: "searching" })],
    "0 of the 1 device needed have settled on an interval that has not failed",
  ],
])("too few to say anything are told in words, such as %j", (notEnough, negotiations, words) => {
  const found = recommendOne([carrier], negotiations);
  expect([found.notEnough, found.text]).toEqual([expect.objectContaining(notEnough), `not enough seen yet: ${words}.`]);
});

test("devices that have nowhere to go, and a server that refuses less, are told", () => {
  const collapsed = { ...failing("carrier", 5, 4), state: "collapsed" as const };
  const refused = { ...collapsed, serverLimit: { askedSeconds: 240, limitSeconds: 480 } };
  const other = { ...collapsed, serverLimit: { askedSeconds: 240, limitSeconds: 300 } };
  const { reasons } = recommendOne([knownHop("carrier", 5, "nat")], [collapsed, refused, other]);
  expect(reasons).toContain("3 devices can't ask for less, failing again and again: mail comes late there");
  expect(reasons).toContain("the server refuses less than 8 min, so devices can't go below that");
});
