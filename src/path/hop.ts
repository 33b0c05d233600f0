import type { ConditionSettings } from "./conditions/index.ts";

/** What a network element may be; only a reverse proxy can answer in HTTP. */
export const HOP_KINDS = ["nat", "firewall", "load-balancer", "reverse-proxy", "network"] as const;

/** One of the kinds above. */
export type HopKind = (typeof HOP_KINDS)[number];

/** One network element with what it does to flows. */
export interface Hop {
  readonly name: string;
  readonly kind: HopKind;
  /** In the order in which they act on a segment. */
  readonly conditions: readonly ConditionSettings[];
}

/**
 * What a profile is about, for grouping: the kind of element it shows (`standard`: what a NAT may do at the least, `home`:
 * a home gateway), `chain` for several in a row, `reference` for the cases that others are read against.
 */
export const PROFILE_CATEGORIES = [
  "reference",
  "standard",
  "carrier",
  "home",
  "firewall",
  "nat",
  "load-balancer",
  "proxy",
  "chain",
] as const;

/** One of the categories above. */
export type ProfileCategory = (typeof PROFILE_CATEGORIES)[number];

/** A named path with its conditions. */
export interface Profile {
  readonly name: string;
  readonly title: string;
  readonly category?: ProfileCategory;
  readonly vendor?: string;
  readonly product?: string;
  /** Where the figures come from. */
  readonly source: string;
  /** What the profile says that its source does not show, a sentence each. */
  readonly unverified?: readonly string[];
  /** What else a reader should know, a sentence each. */
  readonly notes?: readonly string[];
  /** Ordered from the device to the server. */
  readonly hops: readonly Hop[];
}
