/** Where advised figures come from, by what they are. */
export const SOURCES = {
  seen: "seen by idlewall",
  thirtyMinutes: "TechNet Library, cc182255: 1800 s for idle connections on port 443",
  fifteenMinutes: "Microsoft KB 905013: at least 15 min; TechNet Library, cc182257: at least what the operator has",
  operators: "TechNet Library, cc182244: operators should have 30 min or more",
  fallingOrder: "microsoft/CSS-Exchange, TCPIPSettingsCheck.md: firewall above load balancer above Exchange",
} as const;
