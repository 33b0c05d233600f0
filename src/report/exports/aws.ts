import { type Setting, repaired } from "./repair.ts";
import type { Repair } from "./subject.ts";

/** Source: AWS, Update the TCP idle timeout for your Network Load Balancer listener (60 to 6000 s; TLS listeners: fixed). */
const networkLoadBalancer: Setting = {
  comment: "#",
  unitMs: 1000,
  least: 60,
  most: 6000,
  name: "tcp.idle_timeout.seconds of a Network Load Balancer",
  lines: (seconds) => [
    'aws elbv2 modify-listener-attributes --listener-arn "$LISTENER_ARN" \\',
    `    --attributes Key=tcp.idle_timeout.seconds,Value=${seconds}`,
  ],
};

/** Source: AWS, Elastic Load Balancing API, LoadBalancerAttribute (idle_timeout.timeout_seconds, 1 to 4000 s). */
const applicationLoadBalancer: Setting = {
  comment: "#",
  unitMs: 1000,
  least: 1,
  most: 4000,
  name: "idle_timeout.timeout_seconds of an Application Load Balancer",
  lines: (seconds) => [
    'aws elbv2 modify-load-balancer-attributes --load-balancer-arn "$LOAD_BALANCER_ARN" \\',
    `    --attributes Key=idle_timeout.timeout_seconds,Value=${seconds}`,
  ],
};

/** Sets the idle time-out of an AWS load balancer: the Application one for a hop that is a reverse proxy, else the Network one. */
export const aws: Repair = (hop, idleTimeoutMs) =>
  repaired(hop.kind === "reverse-proxy" ? applicationLoadBalancer : networkLoadBalancer, hop, idleTimeoutMs);
