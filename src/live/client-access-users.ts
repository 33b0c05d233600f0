import { UsageError } from "../errors.ts";
import { quoted, sortOf } from "../profile/words.ts";

/** Who may sign in, with passwords: a `Map`, or an object with the same entries. */
export type UsersByName = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

/**
 * Users by their names in lower case.
 * @throws UsageError E_USAGE they are neither a `Map` nor an object, or every user that can't be one
 */
export function readUsers(users: UsersByName): ReadonlyMap<string, string> {
  const read = new Map<string, string>();
  const faults: string[] = [];
  for (const [user, password] of entriesOf(users)) {
    if (typeof user !== "string") faults.push(`found ${sortOf(user)} as a user's name, expected a string`);
    else if (typeof password !== "string")
      faults.push(`found ${sortOf(password)} as the password of ${quoted(user)}, expected a string`);
    else if (read.has(user.toLowerCase())) faults.push(`found ${quoted(user)} twice: case makes no difference`);
    else read.set(user.toLowerCase(), password);
  }
  if (faults.length > 0) throw new UsageError("E_USAGE", faults.map((fault) => `users: ${fault}`).join("\n"));
  return read;
}

function entriesOf(users: unknown): Iterable<readonly [unknown, unknown]> {
  if (users instanceof Map) return users;
  if (typeof users === "object" && users !== null && !Array.isArray(users)) return Object.entries(users);
  const found = Array.isArray(users) ? sortOf(users) : quoted(users);
  throw new UsageError("E_USAGE", `users: found ${found}, expected a Map or an object`);
}
