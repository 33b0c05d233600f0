import { repairOfOne } from "./vendor.ts";

/**
 * Sets the session TTL of port 443 on a FortiGate.
 * Sources: Fortinet technical tips 194732 (config port with protocol 6, timeout, start-port, end-port) and 194357
 * (300 to 2764800 s).
 */
export const fortigate = repairOfOne(/^fortinet\b/iu, {
  name: "a FortiGate",
  called: /\bFortiGate\b/iu,
  setting: {
    comment: "#",
    unitMs: 1000,
    least: 300,
    most: 2_764_800,
    name: "session-ttl of FortiGate",
    lines: (seconds) => [
      "config system session-ttl",
      "    config port",
      "        edit 443",
      "            set protocol 6",
      `            set timeout ${seconds}`,
      "            set start-port 443",
      "            set end-port 443",
      "        next",
      "    end",
      "end",
    ],
  },
});
