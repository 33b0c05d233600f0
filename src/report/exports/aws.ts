import type { Setting } from "./repair.ts";
import { repairOf } from "./vendor.ts";

const IN_SECONDS = { comment: "#", unitMs: 1000 } as const;

/** Source: AWS, Elastic Load Balancing API, LoadBalancerAttribute (idle_timeout.timeout_seconds, 1 to 4000 s). */
const applicationLoadBalancer: Setting = {
  ...IN_SECONDS,
  least: 1,
  most: 4000,
  name: "idle_timeout.timeout_seconds of an Application Load Balancer",
  lines: (seconds) => [
    'aws elbv2 modify-load-balancer-attributes --load-balancer-arn "$LOAD_BALANCER_ARN" \\',
    `    --attributes Key=idle_timeout.timeout_seconds,Value=${seconds}`,
  ],
};

/**
 * Sources: AWS, User Guide for Classic Load Balancers, config-idle-timeout (the command); Elastic Load Balancing API
 * 2012-06-01, ConnectionSettings (IdleTimeout, 1 to 3600 s).
 */
const classicLoadBalancer: Setting = {
  ...IN_SECONDS,
  least: 1,
  most: 3600,
  name: "IdleTimeout of a Classic Load Balancer",
  lines: (seconds) => [
    'aws elb modify-load-balancer-attributes --load-balancer-name "$LOAD_BALANCER" \\',
    `    --load-balancer-attributes '{"ConnectionSettings":{"IdleTimeout":${seconds}}}'`,
  ],
};

/** Source: AWS, Update the TCP idle timeout for your Network Load Balancer listener (60 to 6000 s; TLS listeners: fixed). */
const networkLoadBalancer = listenerOf("a Network Load Balancer");

/** Source: AWS, Update the TCP idle timeout for your Gateway Load Balancer listener (60 to 6000 s). */
const gatewayLoadBalancer = listenerOf("a Gateway Load Balancer");

/**
 * The policy is written whole, so it is read first; the token says that nobody changed it in between.
 * Sources: AWS CLI reference, network-firewall update-firewall-policy and describe-firewall-policy; AWS Network Firewall
 * API, FlowTimeouts (TcpIdleTimeoutSeconds, 60 to 6000 s).
 */
const networkFirewall: Setting = {
  ...IN_SECONDS,
  least: 60,
  most: 6000,
  name: "TcpIdleTimeoutSeconds of a Network Firewall",
  lines: (seconds) => [
    'aws network-firewall describe-firewall-policy --firewall-policy-name "$FIREWALL_POLICY" > before.json',
    `jq '.FirewallPolicy | .StatefulEngineOptions.FlowTimeouts.TcpIdleTimeoutSeconds = ${seconds}' before.json > policy.json`,
    'aws network-firewall update-firewall-policy --firewall-policy-name "$FIREWALL_POLICY" \\',
    '    --update-token "$(jq -r .UpdateToken before.json)" --firewall-policy file://policy.json',
  ],
};

/**
 * Sources: AWS, EC2 User Guide, network interface attributes (the command); EC2 API,
 * ConnectionTrackingSpecificationRequest (TcpEstablishedTimeout, 60 to 432000 s).
 */
const connectionTracking: Setting = {
  ...IN_SECONDS,
  least: 60,
  most: 432_000,
  name: "TcpEstablishedTimeout of a network interface",
  lines: (seconds) => [
    'aws ec2 modify-network-interface-attribute --network-interface-id "$NETWORK_INTERFACE" \\',
    `    --connection-tracking-specification TcpEstablishedTimeout=${seconds}`,
  ],
};

/**
 * Sets the idle time-out of the AWS product that the profile names; of a hop that names none, an Application Load Balancer's
 * where it is a reverse proxy, else a Network Load Balancer's.
 * Sources of what is fixed: the page of the Network Load Balancer above; AWS VPC guide, NAT gateways (idle for 350 s, with
 * no setting for it).
 */
export const aws = repairOf({
  called: /^(?:AWS|Amazon)\b/iu,
  products: [
    {
      name: "an Application Load Balancer",
      called: /\bApplication Load Balancer\b/iu,
      setting: applicationLoadBalancer,
    },
    { name: "a Classic Load Balancer", called: /\bClassic Load Balancer\b/iu, setting: classicLoadBalancer },
    { name: "a TLS listener", called: /\bTLS listener\b/iu, setting: "fixed" },
    { name: "a Network Load Balancer", called: /\bNetwork Load Balancer\b/iu, setting: networkLoadBalancer },
    { name: "a Gateway Load Balancer", called: /\bGateway Load Balancer\b/iu, setting: gatewayLoadBalancer },
    { name: "a NAT gateway", called: /\bNAT gateway\b/iu, setting: "fixed" },
    { name: "a Network Firewall", called: /\bNetwork Firewall\b/iu, setting: networkFirewall },
    { name: "EC2's connection tracking", called: /\bsecurity groups?\b/iu, setting: connectionTracking },
  ],
  usual: (kind) => (kind === "reverse-proxy" ? applicationLoadBalancer : networkLoadBalancer),
});

function listenerOf(what: string): Setting {
  return {
    ...IN_SECONDS,
    least: 60,
    most: 6000,
    name: `tcp.idle_timeout.seconds of ${what}`,
    lines: (seconds) => [
      'aws elbv2 modify-listener-attributes --listener-arn "$LISTENER_ARN" \\',
      `    --attributes Key=tcp.idle_timeout.seconds,Value=${seconds}`,
    ],
  };
}
