import { expect, test } from "vitest";
import { readUsers } from "../../src/live/client-access-users.ts";

test.each([[new Map([["Ann", "Secret"]])], [{ Ann: "Secret" }]])(
  "reads users of %j by their names in lower case",
  (users) => {
    expect([...readUsers(users)]).toEqual([["ann", "Secret"]]);
  },
);

test.each<readonly [unknown, string]>([
  [5, "users: found 5, expected a Map or an object"],
  [null, "users: found null, expected a Map or an object"],
  [["ann:secret"], "users: found a list, expected a Map or an object"],
  [{ ann: 5 }, 'users: found no string as the password of "ann", expected one'],
])("refuses %j as users, and shows no password", (users, message) => {
  // @ts-expect-error -- what JavaScript may give
  expect(() => readUsers(users)).toThrow(expect.objectContaining({ code: "E_USAGE", message }));
});
