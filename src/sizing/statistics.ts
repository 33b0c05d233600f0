import type { Counts } from "./tally.ts";

/** The middle of the sum; 0 of none. */
export function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / Math.max(numbers.length, 1);
}

/** The least number at or below which this share of them lies; `null` of none. */
export function percentile(counts: Counts, share: number): number | null {
  const inOrder = [...counts].sort(([left], [right]) => left - right);
  const total = inOrder.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [number, count] of inOrder) {
    seen += count;
    if (seen >= share * total) return number;
  }
  return null;
}

/**
 * The 97.5 % quantiles of Student's distribution, by degrees of freedom from 1 on; beyond them that of the normal one.
 * Source: any table, as in NIST/SEMATECH, e-Handbook of Statistical Methods, 1.3.6.7.2.
 */
const STUDENT: readonly number[] = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11,
  2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
];

const NORMAL = 1.96;

/** Half the width of the 95 % confidence interval of the mean of two numbers or more. */
export function halfWidth(numbers: readonly number[]): number {
  const freedom = numbers.length - 1;
  const middle = mean(numbers);
  const variance = numbers.reduce((sum, each) => sum + (each - middle) ** 2, 0) / freedom;
  return (STUDENT[freedom - 1] ?? NORMAL) * Math.sqrt(variance / numbers.length);
}
