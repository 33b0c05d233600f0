import { expect, test } from "vitest";
import { allowedHosts, hostOf, hostOfSocket } from "../../src/control/host-check.ts";

test.each([
  ["localhost", "localhost"],
  ["localhost:9443", "localhost"],
  ["LocalHost.:9443", "localhost"],
  ["127.0.0.1:80", "127.0.0.1"],
  ["[::1]", "[::1]"],
  ["[::1]:9443", "[::1]"],
  ["::1", "[::1]"],
  ["0:0:0:0:0:0:0:1", "[::1]"],
  ["idlewall_admin:9443", "idlewall_admin"],
])("reads the host of %s as %s", (text, host) => {
  expect(hostOf(text)).toBe(host);
});

test.each([
  "",
  "a b",
  "user@localhost",
  "localhost/x",
  "localhost:x",
  "localhost:99999",
  "[::1",
  "[:::1]",
  "a:b:c",
  "::g",
])("finds no host in %j", (text) => {
  expect(hostOf(text)).toBeUndefined();
});

test("allows the loopback names and those given, in any spelling, and nothing that is no host", () => {
  expect([...allowedHosts(["Admin.Example", "::", "not a host"])]).toEqual([
    "localhost",
    "127.0.0.1",
    "[::1]",
    "admin.example",
    "[::]",
  ]);
});

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["::ffff:10.0.0.7", "10.0.0.7"],
  ["::1", "[::1]"],
  [undefined, undefined],
])("reads the address %s of a socket as the host %s", (address, host) => {
  expect(hostOfSocket(address)).toBe(host);
});
