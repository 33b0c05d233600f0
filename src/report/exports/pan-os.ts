import { repairOfOne } from "./vendor.ts";

/**
 * Sets the session time-out of established TCP on PAN-OS, in configuration mode.
 * Sources: docs.paloaltonetworks.com, Configure Session Timeouts (TCP: 1 to 15,999,999 s, default 3,600; an application
 * may override it) and Maintain Custom Timeouts for Data Center Applications (a service may override that of an
 * application); `set deviceconfig setting session timeout-tcp` as public runbooks use it: not read in the maker's own.
 */
export const panOs = repairOfOne(/^palo alto\b/iu, {
  name: "PAN-OS",
  called: /\bPAN-OS\b/iu,
  setting: {
    comment: "#",
    unitMs: 1000,
    least: 1,
    most: 15_999_999,
    name: "timeout-tcp of PAN-OS",
    lines: (seconds) => [
      "# Global: a time-out of the application's own (Objects > Applications) overrides it, and one of the service's",
      "# (Objects > Services) both. Where devices meet such a one, it is what has to be set.",
      "configure",
      `set deviceconfig setting session timeout-tcp ${seconds}`,
      "commit",
    ],
  },
});
