import { isIPv6 } from "node:net";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { contains, parseNetwork } from "../../src/path/network.ts";
import { networkNamer } from "../../src/path/network-name.ts";

test.each([
  ["192.0.2.77", 24, "192.0.2.0/24"],
  ["192.0.2.77", 32, "192.0.2.77/32"],
  ["192.0.2.77", 0, "0.0.0.0/0"],
  ["10.201.99.1", 9, "10.128.0.0/9"],
  ["::ffff:192.0.2.77", 24, "192.0.2.0/24"],
])("the IPv4 address %s lies, with a prefix of %i bits, in %s", (address, ipv4, name) => {
  expect(networkNamer({ ipv4, ipv6: 48 })(address)).toBe(name);
});

test.each([
  ["2001:db8:1:2::3", 48, "2001:db8:1::/48"],
  ["2001:DB8:1:2::3", 128, "2001:db8:1:2::3/128"],
  ["2001:db8:0:1:1:1:1:1", 128, "2001:db8:0:1:1:1:1:1/128"],
  ["2001:0:0:1:0:0:0:1", 128, "2001:0:0:1::1/128"],
  ["2001:db8:0:0:1:0:0:1", 128, "2001:db8::1:0:0:1/128"],
  ["1:0:10:0:0:0:0:10", 128, "1:0:10::10/128"],
  ["::1", 128, "::1/128"],
  ["::1", 64, "::/64"],
  ["fe80::1%eth0", 64, "fe80::/64"],
  ["ffff::", 0, "::/0"],
])("the IPv6 address %s lies, with a prefix of %i bits, in %s", (address, ipv6, name) => {
  expect(networkNamer({ ipv4: 24, ipv6 })(address)).toBe(name);
});

test("what is no address has no network", () => {
  const name = networkNamer({ ipv4: 24, ipv6: 48 });
  expect(["", "nobody", "1.2.3", "1::2::3"].map((each) => name(each))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("a name is that of a network that holds the address, and every name is an address in its shortest spelling", () => {
  const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
  const groups = fc.array(group, { minLength: 8, maxLength: 8 });
  fc.assert(
    fc.property(groups, fc.nat(128), (parts, ipv6) => {
      const address = parts.map((part) => part.toString(16)).join(":");
      const name = networkNamer({ ipv4: 24, ipv6 })(address) ?? "";
      const network = parseNetwork(name);
      expect(network && contains(network, address)).toBe(true);
      expect(isIPv6(name.split("/")[0] ?? "")).toBe(true);
      expect(new URL(`http://[${name.split("/")[0]}]`).hostname).toBe(`[${name.split("/")[0]}]`);
    }),
  );
});
