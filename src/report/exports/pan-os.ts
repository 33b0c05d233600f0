import { repairOfOne } from "./vendor.ts";

/**
 * Sets the session time-out of established TCP on PAN-OS, in configuration mode.
 * Sources: docs.paloaltonetworks.com, Configure Session Timeouts (TCP: 1 to 15,999,999 s, default 3,600; an application
 * may override it); `set deviceconfig setting session timeout-tcp` as public runbooks use it: not read in the maker's own.
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
    lines: (seconds) => ["configure", `set deviceconfig setting session timeout-tcp ${seconds}`, "commit"],
  },
});
