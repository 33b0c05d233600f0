import { suggestion } from "../profile/words.ts";

/** The variable that stands for an option. */
export function variableOf(option: string): string {
  return `IDLEWALL_${option.replaceAll("-", "_").toUpperCase()}`;
}

/**
 * Says of each variable of our prefix that stands for nothing that it does; it is most likely mistyped. Kubernetes sets
 * some for a service whose name begins like ours.
 * Source: Kubernetes, Concepts, Service, "Environment variables".
 */
export function strangeVariables(env: NodeJS.ProcessEnv): readonly string[] {
  const known = [...OPTION_NAMES.map(variableOf), "IDLEWALL_DEBUG"];
  return Object.keys(env)
    .filter((name) => name.startsWith("IDLEWALL_") && !known.includes(name) && !OF_KUBERNETES.test(name))
    .map((name) => `the variable ${name} stands for no option, and is left alone${suggestion(name, known)}`);
}

const OF_KUBERNETES = /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)?$/u;

/** Every option of every command; commands are loaded one by one, so none of them knows those of the others. */
export const OPTION_NAMES: readonly string[] = [
  "above",
  "add-prefix",
  "admin",
  "admin-host",
  "admin-token-file",
  "after",
  "allow-probe",
  "answer-within",
  "at-expiry",
  "backend",
  "base64",
  "below",
  "ca",
  "category",
  "cert",
  "certs",
  "config",
  "control",
  "count",
  "days",
  "device",
  "devices",
  "directory",
  "drain",
  "duration",
  "ending",
  "enforce",
  "flows",
  "force",
  "format",
  "forward",
  "from",
  "grace",
  "hop",
  "http",
  "idle-timeout",
  "increment",
  "initial",
  "insecure",
  "ipv4-prefix",
  "ipv6-prefix",
  "json",
  "keep-host",
  "key",
  "kind",
  "kinds",
  "legacy-devices",
  "listen",
  "listener",
  "live",
  "log-format",
  "log-level",
  "mail-at",
  "mail-rate",
  "max-heartbeat",
  "maximum",
  "min-heartbeat",
  "minimum",
  "output",
  "passphrase",
  "passphrase-file",
  "password",
  "password-file",
  "pfx",
  "position",
  "precision",
  "profile",
  "ready",
  "resume",
  "reveal",
  "reveal-devices",
  "seed",
  "server",
  "spread",
  "strip-prefix",
  "target",
  "target-ca",
  "target-check",
  "target-insecure",
  "tcp",
  "time-scale",
  "timeout",
  "to",
  "token-file",
  "toxiproxy-api",
  "tracked-devices",
  "tracked-networks",
  "until",
  "url",
  "user",
  "write-profile",
  "x-forwarded",
];
