import { repairOfOne } from "./vendor.ts";

const POLICY = "security policies from-zone untrust to-zone trust policy direct-push";

/**
 * Defines an application with its own time-out on a Juniper SRX, and a policy that matches it, in configuration mode.
 * Sources: Junos, Understanding Policy Application Timeouts Contingencies (`set applications application NAME protocol
 * tcp destination-port ... inactivity-timeout`); KB34994 (86400 s at most); inactivity-timeout of services interfaces
 * (4 s at least). Of the policy: Junos Security 10.2, Understanding Security Policy Rules (source, destination and
 * application have to be named; `any` stands for each) and Understanding Security Policy Elements (`then permit`); JUNOS-ES
 * 9.2, CLI Configuration (the matches in one line); Security Policies User Guide, Reordering Security Policies (a new one
 * goes to the end, the first that matches counts, `insert` and `before`). Junos command summary, configure; Junos CLI User
 * Guide, Commit the Configuration.
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
      "configure",
      `set applications application direct-push protocol tcp destination-port 443 inactivity-timeout ${seconds}`,
      "# Zones and MAIL, the mail server's entry of the address book, by the names that yours have.",
      `set ${POLICY} match source-address any destination-address MAIL application direct-push`,
      `set ${POLICY} then permit`,
      "# A new policy is the last, and the first that matches counts. One that lets devices in already would hide it:",
      `# insert ${POLICY} before policy THAT-ONE`,
      "commit",
    ],
  },
});
