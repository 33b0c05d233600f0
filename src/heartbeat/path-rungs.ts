import type { Millis } from "../core/machine.ts";

/** What a search is to find, and with what. Times are emulated ms. */
export interface SearchSettings {
  /** Shortest and longest silence that are tried. */
  readonly fromMs: Millis;
  readonly toMs: Millis;
  /** Widest bracket that ends the search. */
  readonly precisionMs: Millis;
  /** Silent flows at a time. */
  readonly flowCount: number;
  /** How long an answer may take on a path that is alive. */
  readonly graceMs: Millis;
  /**
   * The server knows beforehand how long each flow is to be silent, as of Pings: none can be put off, and there is
   * nothing to be tried but silence.
   */
  readonly preset: boolean;
}

/** How a search spends its flows. */
export interface SearchLayout {
  /** Silences of the first wave, rising. */
  readonly rungs: readonly Millis[];
  /** Flows of the second wave, whose silences are chosen once the first one has told between which rungs the end lies. */
  readonly secondWave: number;
  /** How much later the second wave begins: so it is not older than the lower rung when the upper one has failed. */
  readonly secondAfterMs: Millis;
}

/**
 * Rungs that rise by a share of themselves, and by no more than a gap that the second wave can search through in one
 * go. The smallest gap is taken for which the flows suffice: it is what the search takes beyond the time-out itself.
 */
export function layOut(settings: SearchSettings): SearchLayout {
  const { flowCount, precisionMs, fromMs, toMs, graceMs, preset } = settings;
  if (preset) return { rungs: spread(fromMs, toMs, flowCount), secondWave: 0, secondAfterMs: Infinity };
  for (let steps = 2; steps < flowCount; steps += 1) {
    const gapMs = steps * precisionMs * STEP;
    const rungs = risingBy(fromMs, toMs, gapMs, flowCount - steps - 1);
    if (rungs !== undefined) return { rungs, secondWave: steps + 1, secondAfterMs: gapMs + YOUNGER_GRACES * graceMs };
  }
  const first = Math.ceil(flowCount / 2);
  const rungs = spread(fromMs, toMs, first);
  const widestMs = Math.max(0, ...rungs.map((rung, index) => rung - (rungs[index - 1] ?? rung)));
  return { rungs, secondWave: flowCount - first, secondAfterMs: widestMs + YOUNGER_GRACES * graceMs };
}

/** Silences inside a bracket, rising: a precision apart, or as even as the flows allow. */
export function between(aliveMs: Millis, deadMs: Millis, precisionMs: Millis, most: number): readonly Millis[] {
  const steps = Math.min(Math.ceil((deadMs - aliveMs) / (precisionMs * STEP)), most + 1);
  return Array.from(
    { length: Math.max(0, steps - 1) },
    (_, step) => aliveMs + ((deadMs - aliveMs) * (step + 1)) / steps,
  );
}

/** How far apart silences are, as a share of the precision: what the network takes to say so is added to it. */
const STEP = 0.8;

/** How much a rung is above the one below it, at most, as a share of that. */
const RISE = 0.2;

/**
 * How much younger than a gap the second wave is, in times that an answer may take: one for the upper rung to fail,
 * one for the flow that confirms it, and one to spare.
 */
const YOUNGER_GRACES = 3;

/** Nothing where there would be more than so many. */
function risingBy(fromMs: Millis, toMs: Millis, gapMs: Millis, most: number): readonly Millis[] | undefined {
  const rungs: Millis[] = [];
  for (let at = fromMs; at < toMs; at += Math.min(gapMs, at * RISE)) {
    if (rungs.length + 1 >= most) return undefined;
    rungs.push(at);
  }
  return [...rungs, toMs];
}

/** As many rungs as there are flows, in equal proportions. */
function spread(fromMs: Millis, toMs: Millis, count: number): readonly Millis[] {
  if (count < 2 || toMs <= fromMs) return [toMs];
  return Array.from({ length: count }, (_, index) => fromMs * (toMs / fromMs) ** (index / (count - 1)));
}
