import { networkInterfaces } from "node:os";
import { expect, test } from "vitest";
import { parseAddress } from "../../src/live/address.ts";
import { checkOwnTarget } from "../../src/live/own-target.ts";
import { parseTarget, parseTcpTarget } from "../../src/live/target.ts";

const OWN = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family }) => family === "IPv4");

test.each([
  ["127.0.0.1:5432", "127.0.0.1:5432"],
  ["127.0.0.1:5432", "localhost:5432"],
  ["127.0.0.1:5432", "0.0.0.0:5432"],
  ["localhost:5432", "[::1]:5432"],
  ["[::1]:5432", "LocalHost:5432"],
  ["db.example:5432", "DB.example:5432"],
  [":5432", "127.0.0.2:5432"],
  [":5432", `${OWN?.address}:5432`],
  ["[::]:5432", "127.0.0.1:5432"],
  ["0.0.0.0:5432", "localhost:5432"],
])("a listener on %s does not call %s", (listen, target) => {
  const check = () => checkOwnTarget(parseAddress(listen), parseTcpTarget(target));
  expect(check).toThrow(/^found the target ".*", where this listener itself listens \(.*\): expected another server$/u);
});

test.each([
  ["127.0.0.1:5432", "127.0.0.1:5433"],
  ["127.0.0.1:5432", "127.0.0.2:5432"],
  ["127.0.0.1:5432", "[::1]:5432"],
  ["0.0.0.0:5432", "[::1]:5432"],
  [":5432", "192.0.2.1:5432"],
  [":5432", "db.example:5432"],
])("a listener on %s calls %s", (listen, target) => {
  expect(() => checkOwnTarget(parseAddress(listen), parseTcpTarget(target))).not.toThrow();
});

test("a URL's port counts where none is written", () => {
  const check = () => checkOwnTarget(parseAddress(":443"), parseTarget("https://localhost"));
  expect(check).toThrow(/found the target "https:\/\/localhost", where this listener itself listens \(:443\)/u);
});
