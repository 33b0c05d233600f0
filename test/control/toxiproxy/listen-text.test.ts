import { expect, test } from "vitest";
import { listenText, sameListen, startError } from "../../../src/control/toxiproxy/listen-text.ts";
import { StartError, UsageError } from "../../../src/errors.ts";

test.each([
  ["", ":0"],
  ["localhost:80", "127.0.0.1:80"],
  ["LOCALHOST:80", "127.0.0.1:80"],
  ["localhost.example:80", "localhost.example:80"],
  ["[::1]:80", "[::1]:80"],
])("%j is listened on at %j", (asked, text) => {
  expect(listenText(asked)).toBe(text);
});

test.each([
  ["127.0.0.1:80", "127.0.0.1:80", true],
  ["127.0.0.1:80", "localhost:80", true],
  ["127.0.0.1:80", "127.0.0.1:81", false],
  ["127.0.0.1:80", "127.0.0.1:0", false],
  ["[::]:80", ":80", true],
  ["[::]:80", "", false],
  [":0", "", false],
])("a proxy on %j is where %j asks for: %s", (present, asked, same) => {
  expect(sameListen(present, asked)).toBe(same);
});

const system = (code: string) => ({ cause: Object.assign(new Error(code), { code }) });

test.each([
  [new StartError("E_PORT_TAKEN", "ours"), 500, "listen tcp 127.0.0.1:80: bind: address already in use"],
  [new StartError("E_PORT_FORBIDDEN", "ours"), 500, "listen tcp 127.0.0.1:80: bind: permission denied"],
  [
    new StartError("E_LISTEN_FAILED", "ours", system("EADDRNOTAVAIL")),
    500,
    "listen tcp 127.0.0.1:80: bind: cannot assign requested address",
  ],
  [new StartError("E_LISTEN_FAILED", "ours", system("ENOTFOUND")), 500, "listen tcp 127.0.0.1:80: no such host"],
  [new StartError("E_LISTEN_FAILED", "ours", system("EWEIRD")), 500, "listen tcp 127.0.0.1:80: ours"],
  [new UsageError("E_ADDRESS_INVALID", "ours"), 500, "listen tcp: address 127.0.0.1:80: ours"],
  [new UsageError("E_LISTENER_EXISTS", "ours"), 409, "proxy already exists"],
])("%s is told as %i %s", (cause, status, message) => {
  expect(startError(cause, "127.0.0.1:80")).toMatchObject({ status, message });
});

test("a fault of our own is none of a client's", () => {
  const fault = new TypeError("a bug");
  expect(() => startError(fault, ":0")).toThrow(fault);
});
