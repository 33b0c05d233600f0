import type { ConditionSettings } from "./conditions/index.ts";

/** What a network element is; only a reverse proxy can answer in HTTP. */
export type HopKind = "nat" | "firewall" | "load-balancer" | "reverse-proxy" | "network";

/** Every kind of hop. */
export const HOP_KINDS = ["nat", "firewall", "load-balancer", "reverse-proxy", "network"] as const satisfies HopKind[];

/** One network element with what it does to flows. */
export interface Hop {
  readonly name: string;
  readonly kind: HopKind;
  /** In the order in which they act on a segment. */
  readonly conditions: readonly ConditionSettings[];
}

/** A named path with its conditions. */
export interface Profile {
  readonly name: string;
  readonly title: string;
  /** Where the figures come from. */
  readonly source: string;
  /** Ordered from the device to the server. */
  readonly hops: readonly Hop[];
}
