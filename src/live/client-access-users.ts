import { UsageError } from "../errors.ts";
import { quoted, sortOf } from "../profile/words.ts";

/** Who may sign in, with passwords: a `Map`, or an object with the same entries. */
export type UsersByName = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

/**
 * Users by their names in lower case.
 * @throws UsageError E_USAGE they are neither a `Map` nor an object, or a password is no string
 */
export function readUsers(users: UsersByName): ReadonlyMap<string, string> {
  return new Map(Array.from(entriesOf(users), ([user, password]) => [user.toLowerCase(), checked(user, password)]));
}

function entriesOf(users: unknown): Iterable<readonly [string, unknown]> {
  if (users instanceof Map) return users;
  if (typeof users === "object" && users !== null && !Array.isArray(users)) return Object.entries(users);
  throw new UsageError(
    "E_USAGE",
    `users: found ${Array.isArray(users) ? sortOf(users) : quoted(users)}, expected a Map or an object`,
  );
}

function checked(user: string, password: unknown): string {
  if (typeof password === "string") return password;
  throw new UsageError("E_USAGE", `users: found no string as the password of ${quoted(user)}, expected one`);
}
