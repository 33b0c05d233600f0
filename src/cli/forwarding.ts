import type { Scheduler } from "../core/scheduler.ts";
import { UsageError } from "../errors.ts";
import type { ProxyOptions } from "../live/proxy.ts";
import { type Backend, type ForwardedPolicy, Rewriter } from "../live/rewriter.ts";
import { checkBackends } from "../live/rewriter-route.ts";
import { parseTarget, type Target, targetText, type TargetTrust } from "../live/target.ts";
import { ofOption } from "./of-option.ts";
import { targetAuthorities } from "./options.ts";
import type { OptionTable } from "./settings.ts";

/** Whom the proxy calls, and whether it changes what it passes on. */
export const FORWARD_OPTIONS = {
  target: { type: "string", describe: "URL of the Client Access server" },
  "target-ca": { type: "string", describe: "PEM file of authorities to trust for the target" },
  "target-insecure": { type: "boolean", describe: "Trust any certificate of the target" },
  "target-check": {
    type: "boolean",
    default: true,
    describe: "Refuse to start when the target can't be reached or trusted",
  },
  forward: {
    type: "string",
    choices: ["relay", "rewrite"],
    default: "relay",
    describe: "Pass every byte unchanged, or rewrite Host, path and X-Forwarded-*",
  },
  backend: {
    type: "string",
    array: true,
    describe: "With --forward rewrite: PREFIX=URL, a server for the paths below a prefix; may be repeated",
  },
  "keep-host": { type: "boolean", describe: "With --forward rewrite: call servers by the name the device asked for" },
  "strip-prefix": { type: "boolean", describe: "With --forward rewrite: take the backend's prefix off the path" },
  "add-prefix": { type: "string", describe: "With --forward rewrite: put this before the path" },
  "x-forwarded": {
    type: "string",
    choices: ["replace", "append", "remove", "keep"],
    describe: "With --forward rewrite: what becomes of X-Forwarded-* (default replace)",
  },
} as const satisfies OptionTable;

/** Values of the options above. */
export interface ForwardArguments {
  readonly target?: string | undefined;
  readonly "target-ca"?: string | undefined;
  readonly "target-insecure"?: boolean | undefined;
  readonly forward: string;
  readonly backend?: readonly string[] | undefined;
  readonly "keep-host"?: boolean | undefined;
  readonly "strip-prefix"?: boolean | undefined;
  readonly "add-prefix"?: string | undefined;
  readonly "x-forwarded"?: string | undefined;
}

/** How requests are brought to servers. */
export interface Forwarding {
  /** Every server that may be called, the first one for people to read. */
  readonly targets: readonly [Target, ...Target[]];
  /** What a proxy is given for it. */
  readonly proxyOptions: (scheduler: Scheduler) => Pick<ProxyOptions, "target" | "makeHandler">;
  /** Lets go of connections kept for later, once the proxy has stopped. */
  readonly stop?: () => void;
}

const ONLY_WHEN_REWRITING = ["backend", "keep-host", "strip-prefix", "add-prefix", "x-forwarded"] as const;

/**
 * Reads how requests are to be forwarded.
 * @throws UsageError E_USAGE, E_ADDRESS_INVALID, E_CONFIG_INVALID or E_FILE_UNREADABLE
 * @throws CertificateError E_CERTIFICATE_INVALID for the authorities
 */
export function forwardingFrom(args: ForwardArguments): Forwarding {
  return args.forward === "rewrite" ? rewriting(args) : relaying(args);
}

/** The servers that may be called, for people. */
export function originsOf({ targets }: Forwarding): string {
  return targets.map(targetText).join(", ");
}

function relaying(args: ForwardArguments): Forwarding {
  const strays = ONLY_WHEN_REWRITING.filter((name) => args[name] !== undefined).map((name) => `--${name}`);
  if (strays.length > 0)
    throw new UsageError("E_USAGE", `found ${strays.join(", ")}, expected --forward rewrite with it`);
  if (args.target === undefined) {
    throw new UsageError("E_USAGE", "expected --target, the URL of the Client Access server");
  }
  const { target: url } = args;
  const trust = trustFrom(args);
  const target = ofOption("target", () => parseTarget(url, trust));
  return { targets: [target], proxyOptions: () => ({ target }) };
}

function rewriting(args: ForwardArguments): Forwarding {
  const trust = trustFrom(args);
  const sites = [
    ...(args.backend ?? []).map(splitBackend),
    ...(args.target === undefined ? [] : [["/", args.target] as const]),
  ];
  const backends = sites.map(([prefix, url]): Backend => ({
    prefix,
    target: ofOption("backend", () => parseTarget(url, trust)),
    host: args["keep-host"] === true ? "kept" : "backend",
    stripPrefix: args["strip-prefix"] === true,
    ...(args["add-prefix"] !== undefined && { addPrefix: args["add-prefix"] }),
  }));
  const [first, ...others] = backends.map((backend) => backend.target);
  if (first === undefined) throw new UsageError("E_USAGE", "expected --target or --backend, the servers to forward to");
  checkBackends(backends);
  const rewriters: Rewriter[] = [];
  return {
    targets: [first, ...others],
    proxyOptions: (scheduler) => {
      const rewriter = new Rewriter({ backends, scheduler, forwarded: policyFrom(args["x-forwarded"]) });
      rewriters.push(rewriter);
      return { target: first, makeHandler: (watcher) => rewriter.handler(watcher) };
    },
    stop: () => {
      for (const rewriter of rewriters) rewriter.stop();
    },
  };
}

function splitBackend(text: string): readonly [string, string] {
  const [, prefix, url] = /^(\/[^=]*)=(.+)$/u.exec(text) ?? [];
  if (prefix !== undefined && url !== undefined) return [prefix, url];
  throw new UsageError(
    "E_USAGE",
    `--backend: found ${JSON.stringify(text)}, expected PREFIX=URL such as /mail=https://mail.example.com`,
  );
}

function trustFrom({ "target-ca": ca, "target-insecure": insecure = false }: ForwardArguments): TargetTrust {
  return { insecure, ...(ca !== undefined && { authorities: targetAuthorities(ca) }) };
}

function policyFrom(text: string | undefined): ForwardedPolicy {
  switch (text) {
    case "append":
    case "remove":
    case "keep":
      return text;
    default:
      return "replace";
  }
}
