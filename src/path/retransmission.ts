import type { Millis } from "../core/machine.ts";

/** Longest wait between two retransmissions, in ms: 120 s (Linux, TCP_RTO_MAX; RFC 6298, 2.5 allows 60 s and more). */
export const LONGEST_RTO_MS: Millis = 120_000;

/** Retransmissions after which a sender gives up (Linux, net.ipv4.tcp_retries2: 15, which is 924.6 s from 200 ms on). */
const RETRANSMISSIONS = 15;

/**
 * When TCP sends a lost segment again, in ms after it was first sent: each wait is twice the one before
 * (RFC 6298, 5.5). After the last the sender gives the flow up.
 * @param rtoMs the first wait
 */
export function retransmissions(rtoMs: Millis): readonly Millis[] {
  const offsets: Millis[] = [];
  let offset = 0;
  for (let count = 0; count < RETRANSMISSIONS; count += 1) {
    offset += Math.min(rtoMs * 2 ** count, LONGEST_RTO_MS);
    offsets.push(offset);
  }
  return offsets;
}
