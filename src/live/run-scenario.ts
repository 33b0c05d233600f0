import { LARGEST_SEED, Random } from "../core/random.ts";
import { UsageError } from "../errors.ts";
import { Timeline } from "../path/timeline.ts";

/** @throws UsageError E_USAGE it is none that could be given again */
export function checkSeed(seed: number): void {
  if (Number.isInteger(seed) && seed >= 0 && seed <= LARGEST_SEED) return;
  throw new UsageError("E_USAGE", `found the seed ${seed}, expected a whole number from 0 to ${LARGEST_SEED}`);
}

/**
 * What makes a run reproducible: the seed that all its chances hang on, and the timeline that its scheduled conditions
 * count on. All listeners of a process share one.
 */
export class RunScenario {
  readonly timeline: Timeline;
  #seed = 0;
  #random = new Random(0);

  /** @throws UsageError E_USAGE the seed is none */
  constructor(seed = 0, timeline = new Timeline(0)) {
    this.timeline = timeline;
    this.seed = seed;
  }

  get seed(): number {
    return this.#seed;
  }

  /** Listeners draw from it once they are told (`Front.reseed`). */
  set seed(seed: number) {
    checkSeed(seed);
    this.#seed = seed;
    this.#random = new Random(seed);
  }

  /** The chances of one listener: they hang on the seed and its name alone. */
  chancesOf(listener: string): Random {
    return this.#random.fork(listener);
  }
}
