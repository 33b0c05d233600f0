import type { CarrierShare } from "./size-result.ts";

/** Where the set of carriers below comes from. */
export const NETPICULET_SOURCE =
  "Wang et al., SIGCOMM 2011 (NetPiculet): of 73 carriers 11 below 10 min, 4 of them at or below 5 min, one with an RST at 255 s";

const CARRIERS = 73;

/**
 * Carriers as they were measured, by the time-out of idle TCP connections. Each range counts with its upper end, the
 * best case, and what is above 10 min as if it never forgot: how it spreads there is not known.
 */
export const NETPICULET_CARRIERS: readonly CarrierShare[] = [
  { name: "RST at 255 s", idleTimeoutSeconds: 255, atExpiry: "reset", share: 1 / CARRIERS, source: NETPICULET_SOURCE },
  { name: "up to 5 min", idleTimeoutSeconds: 300, atExpiry: "drop", share: 3 / CARRIERS, source: NETPICULET_SOURCE },
  { name: "5 to 10 min", idleTimeoutSeconds: 600, atExpiry: "drop", share: 7 / CARRIERS, source: NETPICULET_SOURCE },
  { name: "above 10 min", idleTimeoutSeconds: null, atExpiry: "drop", share: 62 / CARRIERS, source: NETPICULET_SOURCE },
];

/** What the set of carriers above says that its source does not show, a sentence each. */
export const NETPICULET_UNVERIFIED: readonly string[] = [
  "The figures are a public note's quotation from the paper, whose body could not be read.",
  "How the carriers above 10 min spread is not known: they count as if they never forgot.",
  "That the carriers but one forget without a word is an assumption.",
];
