import { isDeepStrictEqual } from "node:util";
import { knownToken } from "./admin-token.ts";

/** Options of `serve` that hold from its start to its end, in the spelling of the configuration file. */
const FIXED = {
  admin: "admin",
  adminHost: "admin-host",
  adminTokenFile: "admin-token-file",
  revealDevices: "reveal-devices",
  toxiproxyApi: "toxiproxy-api",
  timeScale: "time-scale",
  drain: "drain",
  enforce: "enforce",
  logLevel: "log-level",
  logFormat: "log-format",
  trackedDevices: "tracked-devices",
  trackedNetworks: "tracked-networks",
  ipv4Prefix: "ipv4-prefix",
  ipv6Prefix: "ipv6-prefix",
} as const;

/** The values of these options. */
export type FixedArguments = Readonly<Partial<Record<(typeof FIXED)[keyof typeof FIXED], unknown>>>;

/**
 * The options whose values are others than at the start, and which a reload can't put in force; a token that another
 * one has taken the place of in its file is one of them.
 * @param token what admits to the admin server
 * @throws UsageError E_FILE_UNREADABLE
 */
export function needingRestart(started: FixedArguments, now: FixedArguments, token: string | undefined): string[] {
  return Object.entries(FIXED).flatMap(([name, option]) => {
    const isSame = isDeepStrictEqual(started[option], now[option]);
    const isOther = option === "admin-token-file" ? hasOtherToken(now[option], token) : false;
    return isSame && !isOther ? [] : [name];
  });
}

/** A file that is missing would be made, at the next start. */
function hasOtherToken(file: unknown, token: string | undefined): boolean {
  const found = typeof file === "string" ? knownToken(file) : undefined;
  return found !== undefined && found !== token;
}
