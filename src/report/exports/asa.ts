import { repairOfOne } from "./vendor.ts";

/**
 * Sets the idle time-out of HTTPS on a Cisco ASA by a service policy, so that other traffic keeps its own.
 * Source: Cisco ASA Series Firewall CLI Configuration Guide, Configuring Connection Settings: `set connection timeout
 * idle`, 0:0:1 to 1193:0:0. The global `timeout conn` takes 0:5:0 to 1193:0:0. `match port tcp eq` in a class map as
 * public configurations use it: not read in the maker's own.
 */
export const asa = repairOfOne(/^cisco\b/iu, {
  name: "a Cisco ASA",
  called: /\bASA\b/iu,
  setting: {
    comment: "!",
    unitMs: 1000,
    least: 1,
    most: 1193 * 3600,
    name: "set connection timeout idle of the ASA",
    lines: (seconds) => [
      "class-map DIRECT-PUSH",
      " match port tcp eq https",
      "policy-map global_policy",
      " class DIRECT-PUSH",
      `  set connection timeout idle ${clock(seconds)}`,
      "! Where it is not in force yet: service-policy global_policy global",
    ],
  },
});

function clock(seconds: number): string {
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].join(":");
}
