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
  [
    { ann: 5, Bob: "secret", bob: "other" },
    'users: found a number as the password of "ann", expected a string\nusers: found "bob" twice: case makes no difference',
  ],
  [new Map([[5, "secret"]]), "users: found a number as a user's name, expected a string"],
])("refuses %j as users, and shows no password", (users, message) => {
  // @ts-expect-error -- what JavaScript may give
  expect(() => readUsers(users)).toThrow(expect.objectContaining({ code: "E_USAGE", message }));
});
