/** Who signs in, and with what. */
export interface Credentials {
  /** Holds no colon. */
  readonly user: string;
  readonly password: string;
}

/** Writes the value of `Authorization` for Basic authentication, in UTF-8 (RFC 7617, 2.1). */
export function formatBasic({ user, password }: Credentials): string {
  return `Basic ${Buffer.from(`${user}:${password}`, "utf8").toString("base64")}`;
}

/**
 * Reads the value of `Authorization`; `undefined` for none, for another scheme and for what Basic can't mean.
 * The first colon ends the user (RFC 7617, 2).
 */
export function parseBasic(value: string | undefined): Credentials | undefined {
  const token = /^basic +([A-Za-z0-9+/]+={0,2}) *$/iu.exec(value ?? "")?.[1];
  if (token === undefined) return undefined;
  const text = Buffer.from(token, "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (colon < 1 || CONTROLS.test(text)) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** RFC 7617, 2: neither part may hold control characters. */
const CONTROLS = /\p{Cc}/u;
