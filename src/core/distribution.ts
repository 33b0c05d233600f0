/** How numbers spread over ranges: how many fell up to each bound, and their sum. Takes some nanoseconds a number. */
export class Distribution {
  /** Rising; what is above the last one has a range of its own. */
  readonly bounds: readonly number[];
  /** By range; one that nothing fell into yet may have none. */
  readonly #counts: number[] = [];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
  }

  /** Takes a number in, and tells the range that it fell into: the index of the first bound that it is not above. */
  add(value: number): number {
    let range = 0;
    for (const bound of this.bounds) {
      if (value <= bound) break;
      range += 1;
    }
    this.#counts[range] = (this.#counts[range] ?? 0) + 1;
    this.#sum += value;
    return range;
  }

  get sum(): number {
    return this.#sum;
  }

  /** How many are at or below each bound; the last figure counts all. */
  cumulative(): readonly number[] {
    let sum = 0;
    return Array.from({ length: this.bounds.length + 1 }, (_, range) => (sum += this.#counts[range] ?? 0));
  }
}
