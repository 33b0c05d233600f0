import { expect, test } from "vitest";
import type { AlertView } from "../../../src/heartbeat/alert.ts";
import { recommend } from "../../../src/heartbeat/recommendation/recommend.ts";
import type { Known } from "../../../src/heartbeat/recommendation/types.ts";
import { failing, knownHop, knownOf, negotiation, NETWORK, networkView, wall } from "../../support/known.ts";

const OTHER = "198.51.100.0/24";
const THIRD = "203.0.113.0/24";

const firewall = knownHop("firewall", 5);

const RAISED: AlertView = { command: "Ping", raised: true, meanSeconds: 480, samples: 200 };
const CALM: AlertView = { command: "Sync", raised: false, meanSeconds: undefined, samples: 0 };

function overallOf(known: Known) {
  return recommend(known).overall;
}

test("of one network the recommendation over all is the same", () => {
  const known = knownOf([firewall], [failing("firewall", 5, 3)]);
  const { overall, networks } = recommend(known);
  expect(networks).toEqual([{ ...overall, network: NETWORK, listener: "mail" }]);
});

test("with nobody there it says what is needed", () => {
  expect(overallOf(knownOf([firewall], [], []))).toEqual({
    boundBy: undefined,
    hop: undefined,
    aboveSeconds: undefined,
    atMostSeconds: undefined,
    confidence: undefined,
    notEnough: { of: "heartbeats", seen: 0, needed: 10 },
    text: "not enough seen yet: 0 of the 10 heartbeats needed have ended.",
    reasons: [],
    wontHelp: [],
    hops: [],
    sample: expect.objectContaining({ devices: 0, heartbeats: 0 }),
    gain: undefined,
  });
});

test("of several it is that of the bound which most devices have, and says what the others have", () => {
  const wide = { ...wall(240, 280), network: OTHER };
  const lost = () => negotiation({ network: OTHER, state: "searching", counts: { lost: 3 } });
  const known = knownOf(
    [firewall],
    [
      failing("firewall", 5, 3),
      lost(),
      lost(),
      { ...failing("firewall", 5, 4), network: THIRD },
      { ...failing("firewall", 5, 4), network: THIRD },
    ],
    [networkView(), wide, networkView({ network: THIRD })],
  );
  const overall = overallOf(known);
  expect(overall).toMatchObject({ boundBy: "hop", hop: "firewall", sample: { devices: 5, heartbeats: 17 } });
  expect(overall.text).toBe(
    "2 of 3 networks, 3 of 5 devices: firewall (firewall, 5 min) bounds the heartbeat: 8 of 8 heartbeats died there. Raise firewall to 30 min.",
  );
  expect(overall.reasons).toEqual([
    expect.stringMatching(/^seen so far: 5 devices .* and 17 heartbeats, 17 failed/u),
    expect.stringMatching(/^1 of 3 networks, 2 of 5 devices: something in front of idlewall bounds the heartbeat/u),
  ]);
});

test("a bound of few goes before none of many, and of none that of which most is known", () => {
  const searching = (network: string, held: number) => negotiation({ network, state: "searching", counts: { held } });
  const some = [searching(OTHER, 3), searching(OTHER, 3), searching(THIRD, 8)];
  const views = [networkView(), networkView({ network: OTHER }), networkView({ network: THIRD })];
  expect(overallOf(knownOf([firewall], [...some, failing("firewall", 5, 3)], views))).toMatchObject({
    hop: "firewall",
  });
  expect(overallOf(knownOf([firewall], some, views))).toMatchObject({
    boundBy: undefined,
    notEnough: { of: "heartbeats", seen: 8, needed: 10 },
  });
});

test("the same hop of two listeners is two bounds", () => {
  const known = knownOf([firewall], [failing("firewall", 5, 3), { ...failing("firewall", 5, 3), listener: "backup" }]);
  const overall = overallOf({ ...known, paths: [...known.paths, { listener: "backup", hops: [firewall] }] });
  expect(overall.text).toMatch(/^1 of 2 networks and listeners/u);
  expect(overall.hops.map(({ listener, hop }) => `${listener}/${hop}`)).toEqual(["mail/firewall", "backup/firewall"]);
});

test("of several pieces of advice on one hop that which changes most is given", () => {
  const views = [networkView(), { ...wall(600, 1200), network: OTHER }, { ...wall(900, 1500), network: THIRD }];
  const devices = [OTHER, NETWORK, THIRD].map((network) => ({ ...failing("firewall", 5, 3), network }));
  expect(overallOf(knownOf([firewall], devices, views)).hops).toMatchObject([
    { action: "raise", recommendedSeconds: 1800 },
  ]);
  const content = negotiation({ network: OTHER });
  const mixed = knownOf([firewall], [content, failing("firewall", 5, 3)], views);
  expect(overallOf(mixed).hops).toMatchObject([{ action: "raise", recommendedSeconds: 1800 }]);
});

test("what would not help is said once", () => {
  const carrier = knownHop("carrier", 5, "nat");
  const devices = [NETWORK, OTHER].map((network) => ({ ...failing("carrier", 5, 3), network }));
  const known = knownOf([carrier, knownHop("firewall", 30)], devices, [networkView(), networkView({ network: OTHER })]);
  expect(overallOf(known).wontHelp).toHaveLength(1);
});

test("Exchange's alert is told, and that no firewall does it where devices bound themselves", () => {
  const alerts = [RAISED, CALM];
  const failed = overallOf({ ...knownOf([firewall], [failing("firewall", 5, 3)]), alerts });
  expect(failed.reasons.at(-1)).toMatch(/^Exchange would log event 1040: .*server can answer them$/u);
  const sound = overallOf({ ...knownOf([firewall], [negotiation()]), alerts });
  expect(sound.reasons.at(-1)).toMatch(/it is the devices that never ask for more, and no firewall's doing$/u);
  expect(overallOf({ ...knownOf([], [], []), alerts }).reasons).toHaveLength(1);
});
