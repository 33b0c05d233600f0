import type { Millis } from "../core/machine.ts";

/** One silence and whether a flow bore it. */
export interface SilenceTest {
  readonly silenceMs: Millis;
  readonly borne: boolean;
  /** Of a silence that was not borne: the path said so, at that instant. */
  readonly told: boolean;
  /** The number of the flow, in the order in which flows were opened. */
  readonly order: number;
  readonly openedAt: Millis;
  /** When it was known. */
  readonly knownAt: Millis;
}

/** A silence that is borne and a longer one that is not. */
export interface Threshold {
  /** 0 for none. */
  readonly aliveMs: Millis;
  readonly deadMs: Millis | undefined;
}

/** A bracket, and how the tests agree with it. */
export interface Bracket extends Threshold {
  /** Share of the tests that don't contradict it. */
  readonly agreement: number;
  /** Flows of equal silence fared differently inside it: it is as wide as the time-out varies. */
  readonly varies: boolean;
  /** A longer silence was borne, which nothing does by chance, or more flows died, several at least, than are lost by it. */
  readonly contradicted: boolean;
}

/** What the tests of a search say together. A few flows may have been lost by chance: most tests count. */
export class PathEvidence {
  readonly #tests: SilenceTest[] = [];

  add(test: SilenceTest): void {
    this.#tests.push(test);
  }

  get tests(): readonly SilenceTest[] {
    return this.#tests;
  }

  get count(): number {
    return this.#tests.length;
  }

  get deadCount(): number {
    return this.#dead.length;
  }

  /** Flows of which the path told that it ended them, by a silence that is as long to within a margin. */
  toldCountNear(deadMs: Millis, marginMs: Millis): number {
    return this.#dead.filter(({ told, silenceMs }) => told && Math.abs(silenceMs - deadMs) <= marginMs).length;
  }

  /** Longest silence that was not borne, 0 for none. */
  get longestDeadMs(): Millis {
    return Math.max(0, ...this.#dead.map(({ silenceMs }) => silenceMs));
  }

  get #dead(): readonly SilenceTest[] {
    return this.#tests.filter(({ borne }) => !borne);
  }

  /** The threshold that most tests agree with; of several, the highest: a longer silence that was borne is no accident. */
  get threshold(): Threshold {
    const sorted = this.#tests.toSorted((left, right) => left.silenceMs - right.silenceMs);
    let agreeing = this.deadCount;
    let best = { agreeing, index: 0 };
    sorted.forEach(({ borne, silenceMs }, index) => {
      agreeing += borne ? 1 : -1;
      const isLastOfEquals = sorted[index + 1]?.silenceMs !== silenceMs;
      if (isLastOfEquals && agreeing >= best.agreeing) best = { agreeing, index: index + 1 };
    });
    return { aliveMs: sorted[best.index - 1]?.silenceMs ?? 0, deadMs: sorted[best.index]?.silenceMs };
  }

  /** Whether the path told of a silence that it ended flows by. */
  isTold(deadMs: Millis): boolean {
    return this.#dead.some(({ silenceMs, told }) => told && silenceMs === deadMs);
  }

  /**
   * The threshold, as wide as the results around it contradict each other.
   * @param spreadMs how far from it contradictions are taken for a time-out that varies
   * @param precisionMs how far apart the instants are, at most, that a path tells of one time-out
   */
  bracket(spreadMs: Millis, precisionMs: Millis): Bracket {
    const { aliveMs, deadMs } = this.#widened(spreadMs, precisionMs);
    const lost = this.#dead.filter(({ silenceMs }) => silenceMs <= aliveMs).length;
    const spared = this.#tests.filter(({ borne, silenceMs }) => borne && silenceMs >= (deadMs ?? Infinity)).length;
    const share = this.count === 0 ? 0 : (lost + spared) / this.count;
    const varies = deadMs !== this.threshold.deadMs || aliveMs !== this.threshold.aliveMs;
    return {
      aliveMs,
      deadMs,
      agreement: 1 - share,
      varies,
      contradicted: spared > 0 || (lost > 2 && share > MOST_LOST),
    };
  }

  #widened(spreadMs: Millis, precisionMs: Millis): Threshold {
    const { aliveMs, deadMs } = this.threshold;
    if (deadMs === undefined) return { aliveMs, deadMs };
    const nearMs = Math.min(spreadMs, deadMs * MOST_VARYING);
    const near = this.#tests.filter(({ silenceMs }) => silenceMs >= aliveMs - nearMs && silenceMs <= deadMs + nearMs);
    const lowestDeadMs = Math.min(deadMs, ...near.flatMap(({ borne, silenceMs }) => (borne ? [] : [silenceMs])));
    const highestAliveMs = Math.max(aliveMs, ...near.flatMap(({ borne, silenceMs }) => (borne ? [silenceMs] : [])));
    const alive = this.#tests.filter(({ borne, silenceMs }) => borne && silenceMs < lowestDeadMs);
    const dead = this.#dead.filter(({ silenceMs }) => silenceMs > highestAliveMs);
    const toldMs = this.#dead.flatMap(({ told, silenceMs }) => (told ? [silenceMs] : []));
    const lastToldMs = Math.max(deadMs, ...toldMs.filter((silenceMs) => silenceMs <= deadMs + spreadMs));
    const deadFromMs = Math.min(...dead.map(({ silenceMs }) => silenceMs));
    return {
      aliveMs: Math.max(0, ...alive.map(({ silenceMs }) => silenceMs)),
      deadMs: this.isTold(deadMs) && lastToldMs - deadMs > precisionMs ? Math.max(deadFromMs, lastToldMs) : deadFromMs,
    };
  }
}

/** Share of flows that may be lost by chance on a path that is usable. */
const MOST_LOST = 0.1;

/** Share of a time-out that it may vary by, where silences are not known by the instant. */
const MOST_VARYING = 0.2;
