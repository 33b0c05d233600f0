import { repairOfOne } from "./vendor.ts";

/**
 * Defines an application with its own time-out on a Juniper SRX; a security policy has to match it.
 * Sources: Junos, Understanding Policy Application Timeouts Contingencies (`set applications application NAME protocol
 * tcp destination-port ... inactivity-timeout`); KB34994 (86400 s at most); inactivity-timeout of services interfaces
 * (4 s at least).
 */
export const srx = repairOfOne(/^juniper\b/iu, {
  name: "a Juniper SRX",
  called: /\bSRX/iu,
  setting: {
    comment: "#",
    unitMs: 1000,
    least: 4,
    most: 86_400,
    name: "inactivity-timeout of Junos",
    lines: (seconds) => [
      `set applications application direct-push protocol tcp destination-port 443 inactivity-timeout ${seconds}`,
      "# Zones and policy by the names that yours have:",
      "set security policies from-zone untrust to-zone trust policy direct-push match application direct-push",
    ],
  },
});
