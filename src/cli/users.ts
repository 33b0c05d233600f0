import { UsageError } from "../errors.ts";

/**
 * Users with their passwords, from options such as `jdoe:secret`; `undefined` when there are none.
 * Users are told apart without regard to case; a password may hold colons.
 * @throws UsageError E_USAGE without telling a password
 */
export function usersFrom(texts: readonly string[] = []): ReadonlyMap<string, string> | undefined {
  const users = new Map<string, string>();
  for (const [index, text] of texts.entries()) {
    const colon = text.indexOf(":");
    if (colon < 1) throw new UsageError("E_USAGE", `--user: found no NAME:PASSWORD in number ${index + 1}`);
    const name = text.slice(0, colon).toLowerCase();
    if (users.has(name))
      throw new UsageError("E_USAGE", `--user: found ${JSON.stringify(name)} twice, expected it once`);
    users.set(name, text.slice(colon + 1));
  }
  return users.size === 0 ? undefined : users;
}
