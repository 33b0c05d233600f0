import { repairOf } from "./repair.ts";

/**
 * Sets the idle time-out of a rule of Azure Load Balancer.
 * Source: Microsoft, Configure TCP reset and idle timeout for Azure Load Balancer (4 to 100 minutes; `az network lb rule
 * update --idle-timeout --enable-tcp-reset`).
 */
export const azure = repairOf({
  comment: "#",
  unitMs: 60_000,
  least: 4,
  most: 100,
  name: "idle-timeout of an Azure Load Balancer rule",
  lines: (idleMinutes) => [
    "# --enable-tcp-reset true (Standard) tells both ends at expiry, so that a device need not wait in vain.",
    'az network lb rule update --resource-group "$RESOURCE_GROUP" --lb-name "$LOAD_BALANCER" --name "$RULE" \\',
    `    --idle-timeout ${idleMinutes} --enable-tcp-reset true`,
  ],
});
