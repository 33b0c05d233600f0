import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contains, parseNetwork } from "../../src/path/network.ts";

/** Whether an address lies in a network that must be readable. */
function lies(address: string, network: string): boolean {
  const parsed = parseNetwork(network);
  if (parsed === undefined) throw new Error(`${network} can't be read`);
  return contains(parsed, address);
}

test.each([
  ["10.0.0.0/8", ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"], ["9.255.255.255", "11.0.0.0", "::a00:1"]],
  ["10.1.2.3", ["10.1.2.3", "::FFFF:10.1.2.3"], ["10.1.2.2", "10.1.2.4"]],
  ["10.1.2.3/32", ["10.1.2.3"], ["10.1.2.4"]],
  ["10.1.2.3/24", ["10.1.2.0", "10.1.2.255"], ["10.1.3.0"]],
  ["0.0.0.0/0", ["1.2.3.4", "255.255.255.255"], ["::1", "nobody"]],
  ["2001:db8::/32", ["2001:db8::", "2001:DB8:ffff::1"], ["2001:db9::", "10.0.0.1"]],
  ["fe80::/10", ["fe80::1%eth0", "febf::1"], ["fec0::1"]],
  ["::1", ["::1", "0:0:0:0:0:0:0:1"], ["::2", "0.0.0.1"]],
  ["::/0", ["::", "ffff::1"], ["10.0.0.1"]],
  ["64:ff9b::10.0.0.0/104", ["64:ff9b::a00:1", "64:ff9b::10.255.255.255"], ["64:ff9b::11.0.0.0"]],
  ["1:2:3:4:5:6:7::", ["1:2:3:4:5:6:7:0"], ["1:2:3:4:5:6:7:1"]],
])("%s holds %j and not %j", (network, inside, outside) => {
  expect(inside.filter((address) => !lies(address, network))).toEqual([]);
  expect(outside.filter((address) => lies(address, network))).toEqual([]);
});

describe("no network is", () => {
  test.each([
    "",
    "/8",
    "10",
    "10.0.0",
    "10.0.0.0.0",
    "10.0.0.256",
    "10.0.0.x",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/8/8",
    "10.0.0.0/0008",
    ":",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "::1:2:3:4:5:6:7:8",
    "12345::",
    "g::",
    "::1.2.3",
    "::/129",
    "example.org",
  ])("%j", (text) => {
    expect(parseNetwork(text)).toBeUndefined();
  });
});

test("a network holds its own address and those that share its beginning", () => {
  const part = fc.nat(255);
  fc.assert(
    fc.property(fc.tuple(part, part, part, part), fc.tuple(part, part, part, part), fc.nat(32), (one, two, length) => {
      const bits = (parts: readonly number[]) => parts.map((each) => each.toString(2).padStart(8, "0")).join("");
      const same = bits(one).slice(0, length) === bits(two).slice(0, length);
      expect(lies(two.join("."), `${one.join(".")}/${length}`)).toBe(same);
      expect(lies(one.join("."), `${one.join(".")}/${length}`)).toBe(true);
    }),
  );
});
