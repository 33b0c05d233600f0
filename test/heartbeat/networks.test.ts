import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Networks } from "../../src/heartbeat/networks.ts";

/** Networks whose devices ask one after another. */
class Seen {
  readonly networks: Networks;
  #now = 0;

  constructor(capacity = 10) {
    this.networks = new Networks(capacity);
  }

  /** Silences of a network, negative ones failed; gives what that changed. */
  sees(name: string, ...silences: readonly number[]): readonly unknown[] {
    return silences.map((silence) => {
      const [askedAt, seconds] = [this.#now, Math.abs(silence)];
      this.#now += seconds * 1000;
      const failure = { seconds, askedAt, endedAt: this.#now };
      const found =
        silence < 0 ? this.networks.fail(name, failure, this.#now) : this.networks.hold(name, seconds, this.#now);
      return found?.kind;
    });
  }

  get shortest(): number | undefined {
    return this.networks.shortestWall?.shortestFailedSeconds;
  }
}

test("a network is known by what it was seen doing, longest unseen first", () => {
  const seen = new Seen();
  seen.sees("a", 480, -720);
  seen.sees("b", 60);
  seen.networks.endByHop("a", 9_999_999);
  expect(seen.networks.views()).toEqual([
    {
      network: "b",
      state: "open",
      longestHeldSeconds: 60,
      heldSamples: 1,
      shortestFailedSeconds: undefined,
      failedSamples: 0,
      confidence: 0,
      heldCount: 1,
      failedCount: 0,
      endedByHopsCount: 0,
      lastSeenAt: 1_260_000,
    },
    expect.objectContaining({ network: "a", state: "suspected", failedCount: 1, endedByHopsCount: 1 }),
  ]);
  expect(seen.networks.counts).toEqual({ open: 1, suspected: 1, wall: 0 });
});

describe("a wall", () => {
  test("is told when it is found, when it moves and when it is lifted, and at no other time", () => {
    const seen = new Seen();
    expect(seen.sees("a", -480, -480, -480, -480)).toEqual([undefined, undefined, "wallFound", undefined]);
    expect(seen.sees("a", 360, -420, -420, -420)).toEqual([undefined, undefined, undefined, "wallFound"]);
    expect(seen.sees("a", 420, 480, 480)).toEqual(["wallFound", "wallLifted", undefined]);
  });

  test("carries what is known of its network", () => {
    const networks = new Networks(1);
    for (const askedAt of [0, 480_000]) networks.fail("a", { seconds: 480, askedAt, endedAt: askedAt + 480_000 }, 0);
    const found = networks.fail("a", { seconds: 480, askedAt: 960_000, endedAt: 1_440_000 }, 7);
    expect(found).toMatchObject({ network: "a", at: 7, bracket: { state: "wall", shortestFailedSeconds: 480 } });
  });
});

describe("the shortest wall of all", () => {
  test("is that of whichever network has it, as walls come, move and go", () => {
    const seen = new Seen();
    const walls = [seen.shortest];
    const steps = [
      ["a", -480, -480, -480],
      ["b", -300, -300, -300],
      ["c", -900, -900, -900],
      ["b", 300],
      ["c", -240, -240, -240],
      ["c", 240],
      ["a", 480],
      ["c", 900],
    ] as const;
    for (const [name, ...silences] of steps) {
      seen.sees(name, ...silences);
      walls.push(seen.shortest);
    }
    expect(walls).toEqual([undefined, 480, 300, 300, 480, 240, 480, 900, undefined]);
  });

  test("goes with a network that is forgotten", () => {
    const seen = new Seen(2);
    seen.sees("a", -300, -300, -300);
    seen.sees("b", -480, -480, -480);
    seen.sees("c", 60);
    expect([seen.shortest, seen.networks.forgottenCount]).toEqual([480, 1]);
    expect(seen.networks.counts).toEqual({ open: 1, suspected: 0, wall: 1 });
  });
});

test("counts and the shortest wall are those of the networks there are, whatever happens", () => {
  const step = fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom(240, 300, 480, -240, -300, -480));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (script) => {
      const seen = new Seen(3);
      for (const [name, silence] of script) seen.sees(name, silence);
      const views = seen.networks.views();
      const walls = views.filter(({ state }) => state === "wall");
      expect(seen.networks.counts.wall).toBe(walls.length);
      expect(Object.values(seen.networks.counts).reduce((sum, count) => sum + count, 0)).toBe(views.length);
      const shortest = Math.min(...walls.map(({ shortestFailedSeconds = 0 }) => shortestFailedSeconds));
      expect(seen.shortest ?? Infinity).toBe(shortest);
    }),
  );
});
