import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { adviceFor } from "../../../src/heartbeat/recommendation/advice.ts";
import type { Finding } from "../../../src/heartbeat/recommendation/finding.ts";
import type { Negotiation } from "../../../src/heartbeat/followed.ts";
import type { KnownHop } from "../../../src/heartbeat/recommendation/types.ts";
import { hopBounds, knownHop, knownOf, negotiation, networkView, placeIn, wall } from "../../support/known.ts";

/** What to do about hops, the first of which bounds the heartbeat, as `DO MINUTES`. */
function advise(hops: readonly [KnownHop, ...KnownHop[]], network = networkView(), device: Partial<Negotiation> = {}) {
  const place = placeIn(knownOf(hops, [negotiation({ serverLimit: device.serverLimit })], [network]));
  return adviceFor(place, hopBounds(hops[0])).map(
    ({ action, recommendedSeconds }) => `${action} ${recommendedSeconds / 60}`,
  );
}

const carrier = (minutes: number) => knownHop("carrier", minutes, "nat");
const firewall = (minutes: number) => knownHop("firewall", minutes);
const balancer = (minutes: number) => knownHop("balancer", minutes, "load-balancer");
const proxy = (minutes: number) => knownHop("proxy", minutes, "reverse-proxy");

describe("a hop alone", () => {
  test.each([
    [5, "raise 30"],
    [29, "raise 30"],
    [30, "keep 30"],
    [60, "keep 60"],
  ])("of %d min: %s", (minutes, said) => {
    expect(advise([firewall(minutes)])).toEqual([said]);
  });

  test("of others can only be asked for", () => {
    expect(advise([carrier(13)])).toEqual(["ask 30"]);
    expect(advise([knownHop("net", 13, "network")])).toEqual(["ask 30"]);
    expect(advise([carrier(30)])).toEqual(["keep 30"]);
  });
});

describe("hops in a row", () => {
  test("are raised in a falling order from outside to inside, each 5 min apart", () => {
    expect(advise([firewall(5), balancer(5), proxy(5)])).toEqual(["raise 40", "raise 35", "raise 30"]);
  });

  test("stay as they are where they are long enough and fall", () => {
    expect(advise([firewall(60), balancer(40), proxy(20)])).toEqual(["keep 60", "keep 40", "raise 30"]);
  });

  test("are lowered where the hop outside forgets first", () => {
    expect(advise([firewall(5), proxy(60)])).toEqual(["raise 35", "lower 30"]);
    expect(advise([firewall(35), proxy(35)])).toEqual(["keep 35", "lower 30"]);
    expect(advise([firewall(36), proxy(35)])).toEqual(["keep 36", "keep 35"]);
  });

  test("are raised behind a carrier to no more than it makes use of, and to 15 min at the least", () => {
    expect(advise([carrier(20), firewall(5)])).toEqual(["ask 30", "raise 20"]);
    expect(advise([carrier(20.5), firewall(5)])).toEqual(["ask 30", "raise 21"]);
    expect(advise([carrier(13), firewall(5)])).toEqual(["ask 30", "raise 15"]);
    expect(advise([carrier(60), firewall(5)])).toEqual(["keep 60", "raise 30"]);
  });

  test("stay behind a carrier that forgets before them, however short they are", () => {
    expect(advise([carrier(5), firewall(8)])).toEqual(["ask 30", "keep 8"]);
    expect(advise([carrier(13), firewall(30)])).toEqual(["ask 30", "keep 30"]);
    expect(advise([carrier(13), firewall(14), proxy(14)])).toEqual(["ask 30", "keep 14", "keep 14"]);
  });

  test("heed no carrier that some flows only meet", () => {
    expect(advise([knownHop("carrier", 13, "nat", true), firewall(5)])).toEqual(["ask 30", "raise 30"]);
  });
});

test("a wall in front is as one of others: no more than it bears is of use", () => {
  expect(advise([firewall(5)], wall(1080, 1200))).toEqual(["raise 20"]);
  expect(advise([firewall(8)], wall(432, 440))).toEqual(["keep 8"]);
});

test("a hop has to be a minute longer than the longest heartbeat that the server takes", () => {
  const told = (limitSeconds: number) => ({ serverLimit: { askedSeconds: 1500, limitSeconds } });
  expect(advise([firewall(5)], networkView(), told(1200))).toEqual(["raise 21"]);
  expect(advise([firewall(5)], networkView(), told(300))).toEqual(["raise 15"]);
  expect(advise([firewall(5)], networkView(), told(1600))).toEqual(["raise 30"]);
});

test.each([
  ["devices", { by: "devices" }],
  ["server", { by: "server", limitSeconds: 600 }],
] as const)("where the %s bound the heartbeat every hop stays", (_, finding: Finding) => {
  const place = placeIn(knownOf([carrier(13), firewall(5)], [negotiation()]));
  expect(adviceFor(place, finding).map(({ action, reason }) => [action, reason])).toEqual([
    ["keep", "nothing has to wait longer"],
    ["keep", "nothing has to wait longer"],
  ]);
});

test("nothing is advised while there is not enough to say", () => {
  const place = placeIn(knownOf([firewall(5)], [negotiation()]));
  expect(adviceFor(place, { by: "none", notEnough: { of: "heartbeats", seen: 1, needed: 10 } })).toEqual([]);
});

test("each advice says why, and where its figure comes from", () => {
  const place = placeIn(knownOf([carrier(13), firewall(5), balancer(5), proxy(60)], [negotiation()]));
  expect(adviceFor(place, hopBounds(firewall(5)))).toEqual([
    {
      listener: "mail",
      hop: "carrier",
      kind: "nat",
      idleTimeoutSeconds: 780,
      recommendedSeconds: 1800,
      action: "ask",
      reason: "it is seldom in your hands: ask who runs it for 30 min or more",
      source: expect.stringContaining("cc182244"),
    },
    expect.objectContaining({
      action: "raise",
      recommendedSeconds: 1500,
      reason:
        "15 min at the least, and no less than the 13 min of what is in other hands; each hop outside another 5 min longer",
      source: expect.stringContaining("KB 905013"),
    }),
    expect.objectContaining({ action: "raise", recommendedSeconds: 1200 }),
    expect.objectContaining({ action: "lower", source: expect.stringContaining("CSS-Exchange") }),
  ]);
  const limited = negotiation({ serverLimit: { askedSeconds: 1500, limitSeconds: 1200 } });
  expect(adviceFor(placeIn(knownOf([firewall(5)], [limited])), hopBounds(firewall(5)))).toMatchObject([
    { reason: "15 min at the least, and longer than the 20 min that the server takes" },
  ]);
  const alone = placeIn(knownOf([firewall(5)], [negotiation()]));
  expect(adviceFor(alone, hopBounds(firewall(5)))).toMatchObject([{ source: expect.stringContaining("cc182255") }]);
});

test("whatever hops there are, time-outs in hand fall from outside to inside as far as they matter, none below 30 min", () => {
  const hops = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 120 }), fc.constantFrom("firewall", "load-balancer", "nat")),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(hops, (drawn) => {
      const own = drawn.map(([minutes, kind], index) =>
        knownHop(`hop${index}`, kind === "nat" ? minutes + 30 : minutes, kind),
      );
      const [first, ...more] = own;
      if (first === undefined) return;
      const place = placeIn(knownOf([first, ...more], [negotiation()]));
      const inHand = adviceFor(place, hopBounds(first)).filter(({ kind }) => kind !== "nat");
      const seconds = inHand.map(({ recommendedSeconds }) => recommendedSeconds);
      // What is as long as something in other hands never comes to its end: there is no order to keep.
      const others = Math.min(...own.filter(({ kind }) => kind === "nat").map((hop) => hop.idleTimeoutMs / 1000));
      const rises = seconds.filter((inner, index) => inner < others && inner >= (seconds[index - 1] ?? Infinity));
      expect(rises).toEqual([]);
      expect(Math.min(...seconds)).toBeGreaterThanOrEqual(1800);
      for (const { action, idleTimeoutSeconds, recommendedSeconds } of inHand)
        expect(action).toBe(SIGNS[Math.sign(recommendedSeconds - idleTimeoutSeconds) + 1]);
    }),
  );
});

/** What is done to a time-out that becomes shorter, stays, or becomes longer. */
const SIGNS = ["lower", "keep", "raise"];
