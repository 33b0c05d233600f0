import { StartError } from "../errors.ts";
import type { ErrorCode } from "../errors.ts";
import { formatAddress } from "./address.ts";
import { systemCode } from "./text-file.ts";

interface Explanation {
  readonly code: ErrorCode;
  readonly say: (at: string, port: number) => string;
}

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  EADDRINUSE: {
    code: "E_PORT_TAKEN",
    say: (at) => `another process listens on ${at} already; stop it, or take another port (0 takes any free one)`,
  },
  EACCES: {
    code: "E_PORT_FORBIDDEN",
    say: (at, port) =>
      `the right to listen on ${at} is missing: below 1024 a process needs CAP_NET_BIND_SERVICE ` +
      `(setcap, systemd AmbientCapabilities, docker --cap-add NET_BIND_SERVICE); or listen on :${port === 443 ? 8443 : port + 8000}`,
  },
  EADDRNOTAVAIL: {
    code: "E_LISTEN_FAILED",
    say: (at) => `${at} is not an address of this machine; :PORT listens on all of them`,
  },
  ENOTFOUND: { code: "E_LISTEN_FAILED", say: (at) => `the host of ${at} has no address` },
  EAI_AGAIN: { code: "E_LISTEN_FAILED", say: (at) => `the host of ${at} can't be looked up at the moment` },
  EAFNOSUPPORT: { code: "E_LISTEN_FAILED", say: (at) => `this machine has no IPv6, which ${at} needs` },
};

/** Explains why a server could not listen, and what to do about it. */
export function listenError(error: unknown, host: string | undefined, port: number): StartError {
  const at = formatAddress({ host, port });
  const known = EXPLANATIONS[systemCode(error) ?? ""];
  if (known !== undefined) return new StartError(known.code, known.say(at, port), { cause: error });
  const reason = error instanceof Error ? error.message : String(error);
  return new StartError("E_LISTEN_FAILED", `can't listen on ${at} (${reason})`, { cause: error });
}
