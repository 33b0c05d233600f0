import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bracket, PathBounds } from "../../src/heartbeat/bounds.ts";

/** One device's silences one after another: a number was borne, a negative one failed. */
function sees(...silences: readonly number[]): Observed {
  return new Observed().sees(...silences);
}

class Observed {
  readonly bounds = new PathBounds();
  #now = 0;

  sees(...silences: readonly number[]): this {
    for (const silence of silences) this.#see(Math.abs(silence), silence < 0);
    return this;
  }

  /** Failures of requests that were all parked at one instant. */
  loses(...silences: readonly number[]): this {
    const askedAt = this.#now;
    for (const seconds of silences.toSorted((left, right) => left - right)) {
      const endedAt = askedAt + seconds * 1000;
      this.bounds.fail({ seconds, askedAt, endedAt });
      this.#now = Math.max(this.#now, endedAt);
    }
    return this;
  }

  #see(seconds: number, failed: boolean): void {
    const askedAt = this.#now;
    this.#now += seconds * 1000;
    if (failed) this.bounds.fail({ seconds, askedAt, endedAt: this.#now });
    else this.bounds.hold(seconds);
  }

  get bracket(): Bracket {
    return this.bounds.bracket;
  }

  /** `state held < failed`, each with how often. */
  get said(): string {
    const { state, longestHeldSeconds: held, heldSamples, shortestFailedSeconds: failed, failedSamples } = this.bracket;
    return `${state} ${held ?? "?"} x${heldSamples} < ${failed ?? "?"} x${failedSamples}`;
  }
}

test("knows nothing at first, and of an open path the longest silence borne, with how often", () => {
  expect(sees().said).toBe("open ? x0 < ? x0");
  expect(sees(480, 480, 720, 480, 720).said).toBe("open 720 x2 < ? x0");
  expect(sees(480).bracket.confidence).toBe(0);
});

describe("failures one after another", () => {
  test.each([
    [1, "suspected", 0.9],
    [2, "suspected", 0.99],
    [3, "wall", 0.999],
    [4, "wall", 0.9999],
  ])("%i of them above what is borne: %s, with a confidence of %d", (count, state, confidence) => {
    const { bracket } = sees(360, ...Array.from({ length: count }, () => -480));
    expect(bracket).toMatchObject({ state, longestHeldSeconds: 360, shortestFailedSeconds: 480, failedSamples: count });
    expect(bracket.confidence).toBeCloseTo(confidence, 10);
  });

  test("are what the seed's device meets: 15 and 16 minutes, with 8 and 12 borne between them", () => {
    expect(sees(-900, 480, 240, 720, -960, 720, 720).said).toBe("suspected 720 x3 < 900 x1");
    expect(sees(-900, 480, 720, -960, 720, -900, 720, -840).said).toBe("wall 720 x3 < 900 x3");
    expect(sees(-900, 480, 720, -960, 720, -900, 720, -840, 720, -840, -840).said).toBe("wall 720 x4 < 840 x3");
  });

  test("of a device that swings for ever between two steps are a wall between them", () => {
    expect(sees(480, -780, 480, -780, 480, -780).said).toBe("wall 480 x3 < 780 x3");
  });

  test("of many lengths speak for each length that is longer too", () => {
    expect(sees(240, -600, -540, -480).said).toBe("wall 240 x1 < 600 x3");
    expect(sees(240, -600, -540, -480, -480).said).toBe("wall 240 x1 < 540 x3");
    expect(sees(240, -480, -540, -600).said).toBe("wall 240 x1 < 600 x3");
  });

  test("far below a wall, once, do not hide it", () => {
    expect(sees(60, -100, -480, -480).said).toBe("wall 60 x1 < 480 x3");
    expect(sees(60, -100, 420, -480, -480).said).toBe("suspected 420 x1 < 480 x2");
  });
});

describe("one bad moment", () => {
  test("is what breaks any number of requests that were parked at once", () => {
    const outage = sees(900).loses(1, 7, 100, 480, 900, 1200);
    expect(outage.said).toBe("suspected 900 x1 < 1200 x1");
    expect(outage.bounds.failedCount).toBe(6);
    expect(sees(60).loses(100, 480).loses(480, 900).loses(480).said).toBe("wall 60 x1 < 480 x3");
  });

  test("ends where the last request that counted ended, not a millisecond earlier", () => {
    const failing = (askedAt: number): number => {
      const { bounds } = sees(-480);
      bounds.fail({ seconds: 480, askedAt, endedAt: askedAt + 480_000 });
      return bounds.bracket.failedSamples;
    };
    expect([failing(479_999), failing(480_000)]).toEqual([1, 2]);
  });

  test("is counted for each length apart: what a long failure hides from the long ones counts for the short ones", () => {
    const bounds = new PathBounds();
    bounds.fail({ seconds: 900, askedAt: 0, endedAt: 900_000 });
    for (const askedAt of [800_000, 1_300_000, 1_800_000])
      bounds.fail({ seconds: 480, askedAt, endedAt: askedAt + 480_000 });
    expect(bounds.bracket).toMatchObject({ state: "wall", shortestFailedSeconds: 480, failedSamples: 3 });
  });
});

describe("a silence that is borne", () => {
  test("refutes failures of its length and less, not those that are longer", () => {
    expect(sees(-480, -480, -480, 480).said).toBe("open 480 x1 < ? x0");
    expect(sees(-480, -480, -480, 479).said).toBe("wall 479 x1 < 480 x3");
    expect(sees(-480, -900, -480, 720).said).toBe("suspected 720 x1 < 900 x1");
  });

  test("takes from longer failures what they had counted of the refuted ones", () => {
    expect(sees(-100, -480, -480, -480, 420).said).toBe("wall 420 x1 < 480 x3");
    expect(sees(-100, -100, -480, -480, 420).said).toBe("suspected 420 x1 < 480 x2");
  });

  test("leaves a longer failure one moment, though it shared that with a refuted one", () => {
    expect(sees().loses(100, 480).sees(420).said).toBe("suspected 420 x1 < 480 x1");
  });

  test("lifts a wall that was mended, whose failures were no bad luck", () => {
    const mended = sees(360, -480, -480, -480, -480, 900, -1200, -1200, -1200);
    expect(mended.said).toBe("wall 900 x1 < 1200 x3");
    expect(mended.bracket.confidence).toBeCloseTo(0.999, 10);
  });
});

describe("a path that becomes shorter", () => {
  test("is believed once failures below what it bore repeat themselves, and forgets what it bore before", () => {
    expect(sees(900, 360, -480, -480).said).toBe("open 900 x1 < ? x0");
    expect(sees(900, 360, -480, -480, -480).said).toBe("wall 360 x1 < 480 x3");
    expect(sees(900, -480, -480, -480).said).toBe("wall ? x0 < 480 x3");
  });

  test("keeps what it bore since, longest first", () => {
    expect(sees(900, 360, 240, 300, 120, -350, -350, -350).said).toBe("wall 300 x1 < 350 x3");
  });

  test("is believed without another failure when silences that are borne show how lucky it is", () => {
    const unlucky = sees(900, -100, 120, -100, 120, 900, -480, -480, -480);
    expect(unlucky.said).toBe("open 900 x2 < ? x0");
    expect(unlucky.sees(60, 60, 60, 60, 60, 60).said).toBe("wall 60 x6 < 480 x3");
  });
});

describe("a path that loses a part of everything", () => {
  test("needs as many failures in a row as make bad luck improbable", () => {
    const lossy = sees(900, -480, 900, -480, 900, -480, 900, -480, 900);
    expect(lossy.sees(-960, -960, -960).bracket).toMatchObject({ state: "suspected", failedSamples: 3 });
    expect(lossy.sees(-960).bracket).toMatchObject({ state: "wall", failedSamples: 4 });
  });
});

test("keeps no more lengths than it needs, and the shortest of them", () => {
  const many = sees(10);
  for (let seconds = 2000; seconds > 400; seconds -= 7) many.sees(-seconds);
  many.sees(-404, -404);
  expect(many.bracket).toMatchObject({ state: "wall", longestHeldSeconds: 10 });
  expect(many.bracket.shortestFailedSeconds).toBeLessThan(430);
  for (let seconds = 399; seconds > 11; seconds -= 7) many.sees(seconds);
  expect(many.bracket.longestHeldSeconds).toBe(399);
  expect([many.bounds.heldCount, many.bounds.failedCount]).toEqual([57, 231]);
});

test("a failure that took no time at all is one", () => {
  expect(sees().loses(0).said).toBe("suspected ? x0 < 0 x1");
  expect(sees(0).loses(0).loses(0).loses(0).said).toBe("wall ? x0 < 0 x3");
  expect(sees().loses(...Array.from({ length: 20 }, (_, index) => index)).bracket.shortestFailedSeconds).toBe(0);
});

describe("any silences", () => {
  const seconds = fc.integer({ min: 1, max: 3540 });

  test("of a path with a wall are bracketed rightly, however they mix", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 3540 }), fc.array(seconds, { maxLength: 60 }), (wall, asked) => {
        const { bracket } = sees(...asked.map((each) => (each < wall ? each : -each)));
        expect(bracket.longestHeldSeconds ?? 0).toBeLessThan(wall);
        expect(bracket.shortestFailedSeconds ?? Infinity).toBeGreaterThanOrEqual(wall);
        const failures = asked.filter((each) => each >= wall);
        const borne = asked.filter((each) => each < wall);
        expect(bracket.state === "wall").toBe(failures.length >= 3);
        expect(bracket.longestHeldSeconds ?? 0).toBe(Math.max(0, ...borne));
        const third = failures.toSorted(byLength)[2];
        expect(bracket.shortestFailedSeconds ?? 0).toBeLessThanOrEqual(third ?? least(failures));
      }),
    );
  });

  test("give a bracket that is none the wrong way round, and no wall that a single moment made", () => {
    const step = fc.oneof(
      fc.array(seconds, { minLength: 1, maxLength: 1 }).map(([each = 1]) => ["held", each] as const),
      seconds.map((each) => ["failed", each] as const),
      fc.array(seconds, { minLength: 1, maxLength: 5 }).map((each) => ["outage", each] as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (script) => {
        const seen = sees();
        let moments = 0;
        for (const [kind, what] of script) {
          if (kind === "held") seen.sees(what);
          if (kind === "failed") seen.sees(-what);
          if (kind === "outage") seen.loses(...what);
          if (kind !== "held") moments += 1;
          const {
            state,
            longestHeldSeconds = 0,
            shortestFailedSeconds = Infinity,
            failedSamples,
            confidence,
          } = seen.bracket;
          expect(longestHeldSeconds).toBeLessThan(shortestFailedSeconds);
          expect(failedSamples).toBeLessThanOrEqual(moments);
          expect(state === "wall").toBe(confidence >= 0.995);
          expect(confidence).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("end with what was borne last: the longest one refutes all that it is not shorter than", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(seconds, fc.boolean())), (silences) => {
        const seen = sees(...silences.map(([each, failed]) => (failed ? -each : each)), 3540);
        expect(seen.said).toMatch(/^open 3540 /u);
      }),
    );
  });
});

function byLength(left: number, right: number): number {
  return left - right;
}

function least(lengths: readonly number[]): number {
  return lengths.length === 0 ? 0 : Math.min(...lengths);
}
