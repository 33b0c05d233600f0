import { expect, test } from "vitest";
import { quickNames, splitTcp } from "../../src/cli/tcp-option.ts";

test.each([
  ["5432=db.example:5432", "5432", "db.example:5432"],
  ["127.0.0.1:5432=db:1", "127.0.0.1:5432", "db:1"],
  ["[::1]:5432=[2001:db8::1]:5432", "[::1]:5432", "[2001:db8::1]:5432"],
])("%s is where to listen and whom to call", (text, listen, target) => {
  expect(splitTcp(text)).toEqual({ listen, target });
});

test.each(["", "5432", "=a:1", "5432=", "1=a:1=b:2"])("%j is neither", (text) => {
  expect(() => splitTcp(text)).toThrow(/^--tcp: found ".*", expected \[HOST:\]PORT=HOST:PORT/u);
});

test("listeners are named after their ports, those of one port apart", () => {
  expect(quickNames([5432, 143, 5432, 5432])).toEqual(["tcp-5432", "tcp-143", "tcp-5432-2", "tcp-5432-3"]);
});
