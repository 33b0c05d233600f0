import type { Random } from "../core/random.ts";

/** How single delays lie about their middle. */
export type Distribution = "fixed" | "uniform" | "normal" | "pareto";

/** Farthest deviation that is drawn: the tables of tc-netem end here, and so does their tail. */
const FARTHEST = 4;

/**
 * Draws how many jitters a delay lies from its middle, as Linux does it (tc-netem(8), `delay TIME JITTER distribution`;
 * the tables' sources are netem/normal.c and netem/pareto.c of iproute2, which this follows without their rounding):
 * - `uniform`: evenly from -1 to 1, netem's own choice when it is given a jitter alone;
 * - `normal`: the normal distribution, jitter its standard deviation;
 * - `pareto`: 4/3 (x - 1.5), x of a Pareto distribution of shape 3 from 1 on, whose mean is 1.5: most delays lie a little
 *   below the middle, -2/3 at least, and a few far above it.
 */
export const DEVIATIONS: Readonly<Record<Distribution, (random: Random) => number>> = {
  fixed: () => 0,
  uniform: (random) => 2 * random.next() - 1,
  normal: (random) => Math.max(-FARTHEST, Math.min(FARTHEST, standardNormal(random))),
  pareto: (random) => Math.min(FARTHEST, (4 / 3) * ((1 - random.next()) ** (-1 / 3) - 1.5)),
};

/** Source: G. E. P. Box, M. E. Muller, A Note on the Generation of Random Normal Deviates (1958). */
function standardNormal(random: Random): number {
  return Math.sqrt(2 * random.exponential(1)) * Math.cos(2 * Math.PI * random.next());
}
