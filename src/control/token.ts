import type { MiddlewareHandler } from "hono";
import { timingSafeEqual } from "hono/utils/buffer";
import { UsageError } from "../errors.ts";
import { isLoopback } from "./host-check.ts";
import { addressText, type ListenAddress } from "./listen.ts";
import { problem } from "./problem.ts";

/** Fewest characters of a token: nobody guesses 16 that were drawn. */
const SHORTEST_TOKEN = 16;

/** What a person at a shell does about it. */
const HOW = "verbs of idlewall take it from --token-file or IDLEWALL_TOKEN_FILE";

/** What probes ask, who have no token. */
const OPEN_PATHS: ReadonlySet<string> = new Set(["/-/healthy", "/-/ready"]);

/**
 * Admits only requests that carry the token, but for those after the server's health. How long an answer takes says
 * nothing about how much of a wrong token was right. Without a token everybody is admitted.
 * Source: RFC 6750, 2.1 and 3: `Authorization: Bearer TOKEN`, the scheme in either case, and the challenges.
 */
export function requireToken(token: string | undefined): MiddlewareHandler {
  return async (context, next) => {
    if (token === undefined || OPEN_PATHS.has(context.req.path)) return next();
    const given = /^Bearer +(\S+)$/iu.exec(context.req.header("authorization") ?? "")?.[1];
    if (given === undefined)
      return refuse('Bearer realm="idlewall"', `This address wants Authorization: Bearer TOKEN; ${HOW}.`);
    if (await timingSafeEqual(token, given)) return next();
    const detail = `The token is not the one that the server was started with (serve --admin-token-file); ${HOW}.`;
    return refuse('Bearer realm="idlewall", error="invalid_token"', detail);
  };
}

/**
 * Checks that an address may be listened on with this token, or with none.
 * @throws UsageError E_USAGE the address is no loopback address and there is no token
 * @throws UsageError E_CONFIG_INVALID the token is too short, or has characters that no header may carry
 */
export function checkToken(at: ListenAddress, token: string | undefined): void {
  if (token === undefined) {
    if (isLoopback(at.host)) return;
    const found = `found the admin address ${addressText(at)}, which others can reach, and no token`;
    throw new UsageError(
      "E_USAGE",
      `${found}: expected --admin-token-file, or a loopback address such as 127.0.0.1:9443`,
    );
  }
  if (token.length >= SHORTEST_TOKEN && /^[\w.~+/-]+=*$/u.test(token)) return;
  const expected = `expected at least ${SHORTEST_TOKEN} letters, digits or -._~+/ on one line`;
  throw new UsageError("E_CONFIG_INVALID", `found an admin token of ${token.length} characters, ${expected}`);
}

function refuse(challenge: string, detail: string): Response {
  return problem(401, detail, { "www-authenticate": challenge });
}
