import type { Setting } from "./repair.ts";
import { repairOf } from "./vendor.ts";

/**
 * A TCP profile of a BIG-IP.
 * Sources: F5 TMSH reference, ltm profile tcp (`create tcp NAME`, `modify tcp NAME`, `defaults-from`, `idle-timeout
 * INTEGER`); Ansible module bigip_profile_tcp (0 and indefinite never expire). No upper bound was found; the whole
 * number of 32 bits is one.
 */
const tcpProfile: Setting = profileOf("tcp", "tcp", "a BIG-IP TCP profile");

/**
 * A FastL4 profile, which a virtual server of the type Performance (Layer 4) has in place of a TCP one.
 * Sources: F5 TMSH reference v16, ltm profile fastl4 (`create fastl4 NAME`, `modify fastl4 NAME`, `defaults-from`,
 * `idle-timeout INTEGER`); F5 AS3 schema reference, L4_Profile (idleTimeout, 0 is none). The bound is that above.
 */
const fastL4Profile: Setting = profileOf("fastl4", "fastL4", "a BIG-IP FastL4 profile");

/** Sets the idle time-out of the profile that a virtual server of an F5 BIG-IP has: a FastL4 or, usually, a TCP one. */
export const f5 = repairOf({
  called: /^F5\b/iu,
  products: [
    { name: "F5's FastL4 profile", called: /\bFastL4\b/iu, setting: fastL4Profile },
    { name: "F5's TCP profile", called: /\bTCP profile\b/iu, setting: tcpProfile },
  ],
  usual: () => tcpProfile,
});

function profileOf(type: string, parent: string, name: string): Setting {
  return {
    comment: "#",
    unitMs: 1000,
    least: 1,
    most: 4_294_967_295,
    name: `idle-timeout of ${name}`,
    lines: (seconds) => [
      `# A profile of its own for the virtual server of the mail server; the built-in ${parent} serves others too.`,
      `tmsh create ltm profile ${type} direct-push defaults-from ${parent} idle-timeout ${seconds}`,
      "# One that is there already:",
      `# tmsh modify ltm profile ${type} direct-push idle-timeout ${seconds}`,
    ],
  };
}
