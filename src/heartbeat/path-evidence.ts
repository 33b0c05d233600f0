import type { Millis } from "../core/machine.ts";

/** One silence and whether a flow bore it. */
export interface SilenceTest {
  readonly silenceMs: Millis;
  readonly borne: boolean;
  /** The number of the flow, in the order in which flows were opened. */
  readonly order: number;
}

/** A bracket, and how many of the tests agree with it. */
export interface Bracket {
  readonly aliveMs: Millis;
  readonly deadMs: Millis | undefined;
  readonly agreement: number;
}

/** What the tests of a search say together. */
export class PathEvidence {
  readonly #tests: SilenceTest[] = [];

  add(test: SilenceTest): void {
    this.#tests.push(test);
  }

  get count(): number {
    return this.#tests.length;
  }

  get deadCount(): number {
    return this.#tests.filter(({ borne }) => !borne).length;
  }

  /** Longest silence that was borne, 0 for none, and shortest that was not. */
  get extremes(): { readonly aliveMs: Millis; readonly deadMs: Millis | undefined } {
    const dead = this.#tests.filter(({ borne }) => !borne).map(({ silenceMs }) => silenceMs);
    const alive = this.#tests.filter(({ borne }) => borne).map(({ silenceMs }) => silenceMs);
    return { aliveMs: Math.max(0, ...alive), deadMs: dead.length === 0 ? undefined : Math.min(...dead) };
  }

  /** Whether a silence was borne that is no shorter than one that was not. */
  get contradictory(): boolean {
    const { aliveMs, deadMs } = this.extremes;
    return deadMs !== undefined && aliveMs >= deadMs;
  }

  /** Whether several flows died, and all of them were opened before every one that lived, if any did. */
  get oldestDied(): boolean {
    const dead = this.#tests.filter(({ borne }) => !borne).map(({ order }) => order);
    const alive = this.#tests.filter(({ borne }) => borne).map(({ order }) => order);
    return dead.length > 1 && Math.max(...dead) < Math.min(...alive);
  }

  /** The threshold that most tests agree with; of several, the lowest. */
  get bracket(): Bracket {
    const sorted = this.#tests.toSorted((left, right) => left.silenceMs - right.silenceMs);
    let agreeing = sorted.filter(({ borne }) => !borne).length;
    let best = { agreeing, index: 0 };
    sorted.forEach(({ borne }, index) => {
      agreeing += borne ? 1 : -1;
      if (agreeing > best.agreeing) best = { agreeing, index: index + 1 };
    });
    return {
      aliveMs: sorted[best.index - 1]?.silenceMs ?? 0,
      deadMs: sorted[best.index]?.silenceMs,
      agreement: sorted.length === 0 ? 1 : best.agreeing / sorted.length,
    };
  }
}
