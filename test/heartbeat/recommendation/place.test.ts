import { expect, test } from "vitest";
import { placesOf, shortestHop } from "../../../src/heartbeat/recommendation/place.ts";
import { knownHop, knownOf, negotiation, NETWORK, networkView } from "../../support/known.ts";

test("devices are sorted by the network that they come from and the listener that they come to", () => {
  const other = "198.51.100.0/24";
  const known = knownOf([], [], [networkView()]);
  const places = placesOf({
    ...known,
    paths: [
      { listener: "mail", hops: [knownHop("firewall", 5)] },
      { listener: "backup", hops: [] },
    ],
    negotiations: [
      negotiation(),
      negotiation({ network: other }),
      negotiation(),
      negotiation({ listener: "backup" }),
      negotiation({ network: undefined }),
      negotiation({ listener: undefined }),
      negotiation({ listener: "gone" }),
    ],
  });
  expect(
    places.map(({ network, listener, hops, bracket, sample }) => [
      network,
      listener,
      hops.length,
      bracket?.state,
      sample.devices,
    ]),
  ).toEqual([
    [NETWORK, "mail", 1, "open", 2],
    [other, "mail", 1, undefined, 1],
    [NETWORK, "backup", 0, "open", 1],
  ]);
});

test("the hop that forgets first is the shortest of those that concern every flow, of equal ones the outer", () => {
  const hops = [
    knownHop("a", 30),
    knownHop("b", 5, "firewall", true),
    knownHop("c", 15),
    knownHop("d", 15),
    knownHop("e", 20),
  ];
  expect(shortestHop(hops)?.hop).toBe("c");
  expect(shortestHop([])).toBeUndefined();
});
