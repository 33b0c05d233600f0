import { expect, test } from "vitest";
import type { NetworkView } from "../../src/heartbeat/networks.ts";
import type { Endings, PlainEnding } from "../../src/path/condition.ts";
import type { Profile } from "../../src/path/hop.ts";
import { android, learn, windowsMobile } from "../support/learning.ts";
import { idleHop, profileOf } from "../support/rig.ts";

/** Seven minutes and twenty seconds. */
const WALL_SECONDS = 440;

/** Until what is known of a network is as expected. */
function bounds(known: (view: NetworkView) => boolean): Parameters<typeof learn>[1] {
  return (emulator) => emulator.bounds().some(known);
}

/** Ends what is silent for 7 min 20 s. */
function wallOf(toDevice: PlainEnding, toServer: Endings["toServer"] = toDevice): Profile {
  return profileOf(idleHop(WALL_SECONDS * 1000, { toDevice, toServer }));
}

test.concurrent.each([
  ["drop", "drop"],
  ["reset", "reset"],
  ["close", "close"],
  ["reset-on-next", "reset-on-next"],
  ["drop", "reset-on-next"],
] as const)(
  "bounds closes in on a time-out of 7 min 20 s that idlewall did not make, when that ends flows with %s, toward us %s",
  async (ending, toServer) => {
    const devices = [windowsMobile(900, 460, 240), windowsMobile(400, 200, 32), android("android-2013")];
    const { views, found } = await learn(
      { wall: wallOf(ending, toServer), devices },
      bounds(
        ({ state, longestHeldSeconds, shortestFailedSeconds = Infinity }) =>
          state === "wall" && longestHeldSeconds === 432 && shortestFailedSeconds <= 464,
      ),
    );
    const [view] = views;
    expect(views).toHaveLength(1);
    expect(view).toMatchObject({ network: "127.0.0.0/24", state: "wall", endedByHopsCount: 0 });
    expect(view?.confidence).toBeGreaterThanOrEqual(0.995);
    expect(view?.longestHeldSeconds).toBeLessThan(WALL_SECONDS);
    expect(view?.shortestFailedSeconds).toBeGreaterThanOrEqual(WALL_SECONDS);
    expect(found.map(({ kind }) => kind)).toContain("wallFound");
    expect(found.some(({ kind }) => kind === "unheard")).toBe(toServer === "drop" || toServer === "reset-on-next");
  },
);

test.concurrent("Androids alone, of 2012 and of 2013, show between which of their steps the time-out lies", async () => {
  const { views } = await learn(
    { wall: wallOf("reset"), devices: [android("android-2012"), android("android-2013")] },
    bounds(({ state, longestHeldSeconds }) => state === "wall" && longestHeldSeconds !== undefined),
  );
  expect(views).toMatchObject([{ state: "wall", longestHeldSeconds: 290 }]);
  expect(views[0]?.shortestFailedSeconds).toBeGreaterThanOrEqual(WALL_SECONDS);
  expect(views[0]?.shortestFailedSeconds).toBeLessThanOrEqual(480);
});

test.concurrent("bounds is not fooled by a hop of our own, and says how often that ended a request", async () => {
  const own = profileOf(idleHop(300_000, { toDevice: "reset", toServer: "reset" }));
  const { views, found } = await learn(
    { profile: own, devices: [windowsMobile(240, 240, 240), windowsMobile(900, 480, 240)] },
    bounds(({ heldCount, endedByHopsCount }) => heldCount >= 3 && endedByHopsCount >= 4),
  );
  expect(views).toMatchObject([{ state: "open", longestHeldSeconds: 240, failedCount: 0 }]);
  expect(found).toEqual([]);
});
