/*
 * Brackets the idle time-out of the real path in front of us, of one network, from silences: those that the path has
 * borne, and those in which it failed. `docs/bounds.md` says the same for people.
 *
 * - A silence that was borne refutes every failure of that length or less that came before it: bad luck, or a wall that
 *   is gone. So failures that stand are younger than any silence of their length or more that was borne.
 * - Failures that waited at the same time count as one bad moment: an outage or a restart breaks many at once. What
 *   counts is how many of them, at least, lie apart: each asked after the last one that counted had ended.
 * - Were all of it bad luck, `moments` times in a row, that would happen with a chance of `luck ** moments`, where luck is
 *   the share of silences that failed and were refuted, and at least a tenth. The confidence is what is left to 1.
 * - From a confidence of 0.995 on (three moments at the least luck) it is a wall, and silences of its length and more
 *   that were borne before it are of another time.
 */
import type { Millis } from "../core/machine.ts";

/** What is known of a network's path: nothing that fails, too few failures to tell, or a wall. */
export type BoundsState = "open" | "suspected" | "wall";

/** Every state of a network's path. */
export const BOUNDS_STATES = ["open", "suspected", "wall"] as const satisfies readonly BoundsState[];

/** `longest held < time-out <= shortest failed`, as far as is known. */
export interface Bracket {
  readonly state: BoundsState;
  /** The longest silence borne, in s, that nothing speaks against. */
  readonly longestHeldSeconds: number | undefined;
  /** How often a silence of that length was borne since a longer one was. */
  readonly heldSamples: number;
  /** The shortest silence that the path fails in, in s. */
  readonly shortestFailedSeconds: number | undefined;
  /** How many failures of that length or less, at least, were no single moment's. */
  readonly failedSamples: number;
  /** How sure it is that this is a wall, 0 to 1. */
  readonly confidence: number;
}

/** One failure. */
export interface FailedSilence {
  /** How long the path was silent until it had failed, in s. */
  readonly seconds: number;
  readonly askedAt: Millis;
  readonly endedAt: Millis;
}

/** How many failures that lie apart make a suspected wall one, at the luck that its confidence was had with. */
export function momentsNeeded({ confidence, failedSamples }: Bracket): number {
  const luck = (1 - confidence) ** (1 / failedSamples);
  return Math.ceil(Math.log(1 - CERTAIN) / Math.log(luck));
}

/** The silences of one network. */
export class PathBounds {
  /** Each younger and shorter than the one before it: the longest since then. */
  readonly #held: Held[] = [];
  /** Shortest first; each counts those of its length and less. */
  #failed: Failed[] = [];
  #heldCount = 0;
  #failedCount = 0;
  #refutedCount = 0;

  /** Silences borne so far. */
  get heldCount(): number {
    return this.#heldCount;
  }

  /** Silences that failed so far, whatever is thought of them now. */
  get failedCount(): number {
    return this.#failedCount;
  }

  /** The shortest length that is a wall, in s; infinite without one. */
  get wallSeconds(): number {
    return this.#wall?.seconds ?? Infinity;
  }

  get bracket(): Bracket {
    const [held] = this.#held;
    const failed = this.#wall ?? this.#failed.find(({ seconds }) => seconds > (held?.seconds ?? -1));
    const confidence = failed === undefined ? 0 : this.#confidenceIn(failed);
    return {
      state: failed === undefined ? "open" : confidence >= CERTAIN ? "wall" : "suspected",
      longestHeldSeconds: held?.seconds,
      heldSamples: held?.samples ?? 0,
      shortestFailedSeconds: failed?.seconds,
      failedSamples: failed?.moments ?? 0,
      confidence,
    };
  }

  /** The path has borne a silence. */
  hold(seconds: number): void {
    this.#heldCount += 1;
    this.#refute(seconds);
    while ((this.#held.at(-1)?.seconds ?? Infinity) < seconds) this.#held.pop();
    const last = this.#held.at(-1);
    if (last?.seconds === seconds) last.samples += 1;
    else if (this.#held.length < MOST_ENTRIES) this.#held.push({ seconds, samples: 1 });
    this.#forgetBeforeWall();
  }

  /** The path has failed in a silence. */
  fail(failure: FailedSilence): void {
    this.#failedCount += 1;
    this.#makeEntry(failure.seconds);
    for (const failed of this.#failed) {
      if (failed.seconds < failure.seconds || failure.askedAt < failed.countedUntil) continue;
      failed.moments += 1;
      failed.countedUntil = failure.endedAt;
    }
    this.#forgetBeforeWall();
  }

  #forgetBeforeWall(): void {
    const most = this.wallSeconds;
    while ((this.#held[0]?.seconds ?? -Infinity) >= most) this.#held.shift();
  }

  /** The shortest failure that is a wall. */
  get #wall(): Failed | undefined {
    return this.#failed.find((failed) => this.#confidenceIn(failed) >= CERTAIN);
  }

  #confidenceIn({ moments }: Failed): number {
    const tried = this.#heldCount + this.#refutedCount;
    const luck = (this.#refutedCount + 1) / (tried + 1 / LEAST_LUCK);
    return 1 - Math.max(LEAST_LUCK, luck) ** moments;
  }

  /**
   * Longer ones have counted the refuted ones too; moments that they shared are taken away all the same, but for one. A
   * wall that falls was no bad luck.
   */
  #refute(seconds: number): void {
    const refuted = this.#failed.findLast((failed) => failed.seconds <= seconds);
    if (refuted === undefined) return;
    if (this.#confidenceIn(refuted) < CERTAIN) this.#refutedCount += refuted.moments;
    this.#failed = this.#failed.filter((failed) => failed.seconds > seconds);
    for (const failed of this.#failed) failed.moments = Math.max(1, failed.moments - refuted.moments);
  }

  /** All failures of a length and less are those of the next shorter entry, until one of that very length comes. */
  #makeEntry(seconds: number): void {
    const index = this.#failed.findIndex((failed) => failed.seconds >= seconds);
    const place = index < 0 ? this.#failed.length : index;
    if (this.#failed[place]?.seconds === seconds) return;
    const { moments = 0, countedUntil = -Infinity } = this.#failed[place - 1] ?? {};
    this.#failed.splice(place, 0, { seconds, moments, countedUntil });
    if (this.#failed.length > MOST_ENTRIES) this.#failed.splice(this.#leastTelling(), 1);
  }

  /** The entry, not the shortest, that lies nearest above another: its failures count in the longer ones all the same. */
  #leastTelling(): number {
    let [least, gap, shorter] = [0, Infinity, 0];
    for (const [index, { seconds }] of this.#failed.entries()) {
      if (seconds / shorter < gap) [least, gap] = [index, seconds / shorter];
      shorter = seconds;
    }
    return least;
  }
}

interface Held {
  readonly seconds: number;
  samples: number;
}

interface Failed {
  readonly seconds: number;
  moments: number;
  /** When the last failure that counted had ended. */
  countedUntil: Millis;
}

/** From here on failures are a wall. */
const CERTAIN = 0.995;

/** No path is taken to be luckier than this: devices roam, sleep and are switched off. Chosen here. */
const LEAST_LUCK = 0.1;

/** Lengths kept of each kind. */
const MOST_ENTRIES = 16;
