import { UsageError } from "../errors.ts";

/** The Client Access server's address, as a URL says it. */
export interface Target {
  readonly secure: boolean;
  /** IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * Reads the URL of a Client Access server: `http:` or `https:`, a host, perhaps a port.
 * A path or query has no place in it: requests pass unchanged.
 * @throws UsageError E_ADDRESS_INVALID what was found and what was expected
 */
export function parseTarget(text: string): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === "https:";
  if (url === undefined || !(secure || url.protocol === "http:") || url.hostname === "")
    throw refusal(text, "expected a URL such as https://mail.example.com");
  if (url.username !== "" || url.password !== "") throw refusal(redacted(url), "expected no user or password in it");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "")
    throw refusal(text, `expected no path in it, because requests pass unchanged: ${url.origin}`);
  const port = url.port === "" ? (secure ? 443 : 80) : Number(url.port);
  if (port === 0) throw refusal(text, "expected a port from 1 to 65535");
  return { secure, host: url.hostname.replace(/^\[(.*)\]$/u, "$1"), port };
}

function redacted(url: URL): string {
  return `${url.protocol}//…@${url.host}${url.pathname}`;
}

function refusal(text: string, expected: string): UsageError {
  return new UsageError("E_ADDRESS_INVALID", `found the target ${JSON.stringify(text)}, ${expected}`);
}
