import { repairOfOne } from "./vendor.ts";

/**
 * Sets both idle time-outs of a Citrix NetScaler, the devices' and the servers'.
 * Sources: Citrix CTX137362 (cltTimeout of the virtual server, svrTimeout of the service); NITRO reference, lbvserver
 * clttimeout (31536000 s at most; 0 never expires).
 */
export const netscaler = repairOfOne(/^(?:citrix|netscaler)\b/iu, {
  name: "a Citrix NetScaler",
  called: /\b(?:NetScaler|ADC)\b/iu,
  setting: {
    comment: "#",
    unitMs: 1000,
    least: 1,
    most: 31_536_000,
    name: "cltTimeout of NetScaler",
    lines: (seconds) => [`set lb vserver MAIL -cltTimeout ${seconds}`, `set serviceGroup MAIL -svrTimeout ${seconds}`],
  },
});
