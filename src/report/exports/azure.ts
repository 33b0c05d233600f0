import type { Setting } from "./repair.ts";
import { repairOf } from "./vendor.ts";

const IN_MINUTES = { comment: "#", unitMs: 60_000 } as const;

/**
 * Source: Microsoft, Configure TCP reset and idle timeout for Azure Load Balancer (4 to 100 minutes; `az network lb rule
 * update --idle-timeout --enable-tcp-reset`).
 */
const loadBalancerRule: Setting = {
  ...IN_MINUTES,
  least: 4,
  most: 100,
  name: "idle-timeout of an Azure Load Balancer rule",
  lines: (idleMinutes) => [
    "# --enable-tcp-reset true (Standard) tells both ends at expiry, so that a device need not wait in vain.",
    'az network lb rule update --resource-group "$RESOURCE_GROUP" --lb-name "$LOAD_BALANCER" --name "$RULE" \\',
    `    --idle-timeout ${idleMinutes} --enable-tcp-reset true`,
  ],
};

/**
 * Sources: Azure CLI, network nat gateway update (`--idle-timeout`); MicrosoftDocs/azure-docs
 * articles/nat-gateway/nat-gateway-resource.md (4 to 120 minutes).
 */
const natGateway: Setting = {
  ...IN_MINUTES,
  least: 4,
  most: 120,
  name: "idle-timeout of an Azure NAT gateway",
  lines: (idleMinutes) => [
    'az network nat gateway update --resource-group "$RESOURCE_GROUP" --name "$NAT_GATEWAY" \\',
    `    --idle-timeout ${idleMinutes}`,
  ],
};

/**
 * Two time-outs end a request that waits: that of the public address, and how long a backend may take to answer.
 * Sources: Microsoft, Azure Application Gateway FAQ (the TCP idle time-out is the public address's, 4 to 30 minutes);
 * Azure CLI, network public-ip update (`--idle-timeout`) and network application-gateway http-settings update
 * (`--timeout`); Azure REST API, ApplicationGatewayBackendHttpSettings (requestTimeout, 1 to 86400 s).
 */
const applicationGateway: Setting = {
  ...IN_MINUTES,
  least: 4,
  most: 30,
  name: "idle-timeout of an Application Gateway's public address",
  lines: (idleMinutes) => [
    'az network public-ip update --resource-group "$RESOURCE_GROUP" --name "$PUBLIC_IP" \\',
    `    --idle-timeout ${idleMinutes}`,
    "# How long the server may take to answer, in seconds; a parked request is one that takes long.",
    'az network application-gateway http-settings update --resource-group "$RESOURCE_GROUP" \\',
    `    --gateway-name "$APPLICATION_GATEWAY" --name "$HTTP_SETTINGS" --timeout ${idleMinutes * 60}`,
  ],
};

/**
 * Sources: Azure CLI, aks update (`--load-balancer-idle-timeout`); Azure REST API, ManagedClusterLoadBalancerProfile
 * (idleTimeoutInMinutes, 4 to 120).
 */
const aksOutbound: Setting = {
  ...IN_MINUTES,
  least: 4,
  most: 120,
  name: "load-balancer-idle-timeout of AKS",
  lines: (idleMinutes) => [
    'az aks update --resource-group "$RESOURCE_GROUP" --name "$CLUSTER" \\',
    `    --load-balancer-idle-timeout ${idleMinutes}`,
  ],
};

/**
 * Sources: Azure CLI, afd profile update (`--origin-response-timeout-seconds`); learn.microsoft.com, Azure Front Door,
 * troubleshoot-issues (16 to 240 s).
 */
const frontDoor: Setting = {
  comment: "#",
  unitMs: 1000,
  least: 16,
  most: 240,
  name: "origin-response-timeout-seconds of Azure Front Door",
  lines: (seconds) => [
    'az afd profile update --resource-group "$RESOURCE_GROUP" --profile-name "$FRONT_DOOR" \\',
    `    --origin-response-timeout-seconds ${seconds}`,
  ],
};

/**
 * Sets the idle time-out of the Azure product that the profile names; of a hop that names none, an Application Gateway's
 * where it is a reverse proxy, else that of a rule of a load balancer.
 */
export const azure = repairOf({
  called: /\bAzure\b/iu,
  products: [
    { name: "Azure's Application Gateway", called: /\bApplication Gateway\b/iu, setting: applicationGateway },
    { name: "Azure's NAT Gateway", called: /\bNAT Gateway\b/iu, setting: natGateway },
    { name: "Azure's Front Door", called: /\bFront Door\b/iu, setting: frontDoor },
    { name: "AKS", called: /\bAKS\b/u, setting: aksOutbound },
    { name: "Azure's Load Balancer", called: /\bLoad Balancer\b/iu, setting: loadBalancerRule },
  ],
  usual: (kind) => (kind === "reverse-proxy" ? applicationGateway : loadBalancerRule),
});
