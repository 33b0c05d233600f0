import { Random } from "../core/random.ts";
import { Timeline } from "../path/timeline.ts";

/**
 * What makes a run reproducible: the seed that all its chances hang on, and the timeline that its scheduled conditions
 * count on. All listeners of a process share one.
 */
export class RunScenario {
  readonly timeline: Timeline;
  #seed = 0;
  #random = new Random(0);

  /** @param seed a whole number; its lowest 32 bits count */
  constructor(seed = 0, timeline = new Timeline(0)) {
    this.timeline = timeline;
    this.seed = seed;
  }

  get seed(): number {
    return this.#seed;
  }

  /** Listeners draw from it once they are told (`Front.reseed`). */
  set seed(seed: number) {
    this.#seed = seed;
    this.#random = new Random(seed);
  }

  /** The chances of one listener: they hang on the seed and its name alone. */
  chancesOf(listener: string): Random {
    return this.#random.fork(listener);
  }
}
