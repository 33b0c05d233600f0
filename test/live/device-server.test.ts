import { expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";

const PATH = "/Microsoft-Server-ActiveSync";

test.each([
  ["http://mail.example.com", { host: "mail.example.com", port: 80, authority: "mail.example.com", path: PATH }],
  ["http://127.0.0.1:8080/", { host: "127.0.0.1", port: 8080, authority: "127.0.0.1:8080", path: PATH }],
  ["http://[::1]:8080", { host: "::1", port: 8080, authority: "[::1]:8080", path: PATH }],
  ["http://a/SOGo/Microsoft-Server-ActiveSync/", { host: "a", port: 80, authority: "a", path: `/SOGo${PATH}` }],
])("reads %s", (text, expected) => {
  expect(parseDeviceServer(text)).toEqual(expected);
});

test.each([
  ["https://mail.example.com", 443, "mail.example.com"],
  ["https://192.0.2.1:8443", 8443, undefined],
  ["https://[2001:db8::1]", 443, undefined],
])("secures %s, with a name for SNI only where there is one", (text, port, serverName) => {
  const server = parseDeviceServer(text);
  expect(server.port).toBe(port);
  expect(server.tls?.verify).toBe(true);
  expect(server.tls?.serverName).toBe(serverName);
});

test("takes any certificate when it is told to", () => {
  expect(parseDeviceServer("https://a", { insecure: true }).tls?.verify).toBe(false);
});

test.each([
  ["mail.example.com", /expected a URL such as/u],
  ["ftp://mail.example.com", /expected a URL such as/u],
  ["", /expected a URL such as/u],
  ["https://jdoe:secret@mail.example.com", /expected user and password apart from it/u],
  ["https://jdoe:secret@mail.example.com:70000", /expected a URL such as/u],
  ["https://mail.example.com/?Cmd=Ping", /expected nothing after its path/u],
  ["https://mail.example.com:0", /expected a port from 1 to 65535/u],
])("refuses %j", (text, message) => {
  expect(() => parseDeviceServer(text)).toThrow(UsageError);
  expect(() => parseDeviceServer(text)).toThrow(message);
  expect(() => parseDeviceServer(text)).not.toThrow(/secret/u);
});
