import { repairOf } from "./repair.ts";

/**
 * Sets the idle time-out of a TCP profile of an F5 BIG-IP.
 * Sources: F5 TMSH reference, ltm profile tcp (`create tcp NAME`, `modify tcp NAME`, `defaults-from`, `idle-timeout
 * INTEGER`); Ansible module bigip_profile_tcp (0 and indefinite never expire). No upper bound was found; the whole
 * number of 32 bits is one.
 */
export const f5 = repairOf({
  comment: "#",
  unitMs: 1000,
  least: 1,
  most: 4_294_967_295,
  name: "idle-timeout of a BIG-IP TCP profile",
  lines: (seconds) => [
    "# A profile of its own for the virtual server of the mail server; the built-in tcp serves others too.",
    `tmsh create ltm profile tcp direct-push defaults-from tcp idle-timeout ${seconds}`,
    "# One that is there already:",
    `# tmsh modify ltm profile tcp direct-push idle-timeout ${seconds}`,
  ],
});
