import { describe, expect, test } from "vitest";
import { formatAddress, overlaps, parseAddress } from "../../src/live/address.ts";
import { parseTarget, parseTcpTarget } from "../../src/live/target.ts";

describe("an address to listen on", () => {
  test.each([
    ["127.0.0.1:8443", "127.0.0.1", 8443, "127.0.0.1:8443"],
    ["localhost:0", "localhost", 0, "localhost:0"],
    ["mail.example.com:443", "mail.example.com", 443, "mail.example.com:443"],
    ["[::1]:443", "::1", 443, "[::1]:443"],
    ["[::]:65535", "::", 65_535, "[::]:65535"],
    [":8443", undefined, 8443, ":8443"],
    ["8443", undefined, 8443, ":8443"],
    ["*:8443", undefined, 8443, ":8443"],
  ])("%s is read, and written so that it can be read again", (text, host, port, written) => {
    const address = parseAddress(text);
    expect(address).toEqual({ host, port });
    expect(formatAddress(address)).toBe(written);
    expect(parseAddress(written)).toEqual(address);
  });

  test.each([
    ["", /expected HOST:PORT/u],
    [":", /expected HOST:PORT/u],
    ["localhost", /expected HOST:PORT/u],
    ["localhost:", /expected HOST:PORT/u],
    ["localhost:https", /expected HOST:PORT/u],
    ["localhost:-1", /expected HOST:PORT/u],
    ["https://localhost:443", /expected HOST:PORT/u],
    ["a b:443", /expected HOST:PORT/u],
    ["<x>:443", /expected HOST:PORT/u],
    ["a|b:443", /expected HOST:PORT/u],
    ["%zz:443", /expected HOST:PORT/u],
    [":65536", /expected a port from 0 to 65535/u],
    ["[localhost]:443", /expected an IPv6 address in the brackets/u],
    ["[]:443", /expected an IPv6 address in the brackets/u],
    ["::1", /expected brackets and a port: \[::1\]:443/u],
    ["256.0.0.1:443", /expected four numbers from 0 to 255/u],
    ["1.2.3:443", /expected four numbers from 0 to 255/u],
  ])("%j is refused with what was expected", (text, message) => {
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ code: "E_ADDRESS_INVALID" }));
    expect(() => parseAddress(text)).toThrow(message);
  });
});

describe("a target", () => {
  test.each([
    ["https://mail.example.com", true, "mail.example.com", 443],
    ["https://mail.example.com/", true, "mail.example.com", 443],
    ["http://mail.example.com", false, "mail.example.com", 80],
    ["https://[::1]:8443", true, "::1", 8443],
    ["HTTPS://MAIL.example.com:443", true, "mail.example.com", 443],
  ])("%s is read", (text, secure, host, port) => {
    const target = parseTarget(text);
    expect([target.tls !== undefined, target.host, target.port]).toEqual([secure, host, port]);
  });

  test.each([
    ["", /expected a URL such as/u],
    ["mail.example.com", /expected a URL such as/u],
    ["mail.example.com:443", /expected a URL such as/u],
    ["ftp://mail.example.com", /expected a URL such as/u],
    ["https://", /expected a URL such as/u],
    ["https://mail.example.com:70000", /expected a URL such as/u],
    ["https://mail.example.com:0", /expected a port from 1/u],
    ["https://mail.example.com/owa", /expected no path in it.*: https:\/\/mail.example.com$/u],
    ["https://mail.example.com/?a", /expected no path/u],
    ["https://mail.example.com/#a", /expected no path/u],
  ])("%j is refused with what was expected", (text, message) => {
    expect(() => parseTarget(text)).toThrow(expect.objectContaining({ code: "E_ADDRESS_INVALID" }));
    expect(() => parseTarget(text)).toThrow(message);
  });

  test.each(["https://anna:geheim@mail.example.com:70000", "anna:geh/eim@db:5432", "postgres://anna:geheim@db:5432/x"])(
    "a password in %j is not repeated",
    (text) => {
      for (const parse of [parseTarget, parseTcpTarget, parseAddress]) expect(() => parse(text)).toThrow("…@");
      for (const parse of [parseTarget, parseTcpTarget, parseAddress]) expect(() => parse(text)).not.toThrow(/geh/u);
    },
  );

  test("a password in it is refused without being repeated", () => {
    expect(() => parseTarget("https://anna:geheim@mail.example.com")).toThrow(
      'found the target "https://…@mail.example.com", expected no user or password in it',
    );
  });
});

test.each([
  [":443", "127.0.0.1:443", true],
  ["10.0.0.1:443", ":443", true],
  ["10.0.0.1:443", "10.0.0.1:443", true],
  ["10.0.0.1:443", "10.0.0.2:443", false],
  ["[::]:443", "127.0.0.1:443", true],
  ["0.0.0.0:443", "127.0.0.1:443", true],
  ["0.0.0.0:443", "[::1]:443", false],
  [":443", ":444", false],
  [":0", ":0", false],
])("whether nobody can listen on %s while somebody does on %s: %s", (one, other, overlap) => {
  expect(overlaps(parseAddress(one), parseAddress(other))).toBe(overlap);
});

test.each([parseAddress, parseTarget, parseTcpTarget])(
  "what is missing is refused, in JavaScript too, by %o",
  (parse) => {
    // @ts-expect-error -- the text is missing
    expect(() => parse()).toThrow(
      expect.objectContaining({ code: "E_ADDRESS_INVALID", message: expect.stringContaining('"undefined"') }),
    );
  },
);

test("a link-local target keeps its zone, which its URL has no place for", () => {
  const { host, url } = parseTcpTarget("[fe80::1%eth0]:80");
  expect([host, url.host]).toEqual(["fe80::1%eth0", "[fe80::1]:80"]);
});
