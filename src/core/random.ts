/** The largest seed that people are given or may give; the lowest is 0. One beyond it would be another one's twin. */
export const LARGEST_SEED = 2 ** 32 - 1;

/**
 * A reproducible source of random numbers: same seed, same sequence, on every machine.
 * The generator is sfc32 (Chris Doty-Humphrey, PractRand, "Small Fast Counting"), seeded through splitmix32.
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  readonly #origin: number;

  /** A seed is a whole number; its lowest 32 bits count. */
  constructor(seed: number) {
    let state = seed | 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let mixed = state ^ (state >>> 16);
      mixed = Math.imul(mixed, 0x21f0aaad);
      mixed ^= mixed >>> 15;
      mixed = Math.imul(mixed, 0x735a2d97);
      return (mixed ^ (mixed >>> 15)) | 0;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    for (let round = 0; round < 12; round += 1) this.#next32();
    this.#origin = this.#a;
  }

  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number {
    return this.#next32() / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both inclusive. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /** A waiting time of a Poisson process, with the given mean, above 0. */
  exponential(mean: number): number {
    return -Math.log((this.#next32() + 0.5) / 2 ** 32) * mean;
  }

  /**
   * A source of its own for one part of a run, so that parts do not disturb one another: it hangs on the seed and the
   * label alone (FNV-1a over the seeded state, for seeds and labels lie close together), not on what was drawn before.
   */
  fork(label: string): Random {
    let hash = this.#origin ^ 0x811c9dc5;
    for (let index = 0; index < label.length; index += 1) {
      hash = Math.imul(hash ^ label.charCodeAt(index), 0x01000193);
    }
    return new Random(hash);
  }

  #next32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }
}
