// Medians and paired ratios.

/** The middle of these numbers. */
export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The value below which this share of the numbers lies. */
export function percentile(values, share) {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/**
 * Runs `measure` for each name once a round, the order turned on from round to round, and gives the rows in order.
 * A row is `{ round, name, ...what measure gave }`.
 */
export async function interleaved(names, rounds, measure) {
  const rows = [];
  for (let round = 0; round < rounds; round += 1) {
    const turned = names.map((_, index) => names[(index + round) % names.length]);
    for (const name of turned) rows.push({ round, name, ...(await measure(name, round)) });
  }
  return rows;
}

/** The values of one name, by round; a round may have none. */
export function valuesOf(rows, name, field) {
  return rowsWith(rows, name, field).map((row) => row[field]);
}

/** The median of the ratios to the peer in the same round. */
export function ratioTo(rows, name, peer, field) {
  const peers = new Map(rowsWith(rows, peer, field).map((row) => [row.round, row[field]]));
  return median(rowsWith(rows, name, field).map((row) => row[field] / peers.get(row.round)));
}

function rowsWith(rows, name, field) {
  return rows.filter((row) => row.name === name && row[field] !== undefined);
}
