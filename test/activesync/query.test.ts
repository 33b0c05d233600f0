import { expect, test } from "vitest";
import { formatBase64Query, formatPlainQuery, parseRequestTarget } from "../../src/activesync/query.ts";

const WITHOUT_HEADER = { protocolVersion: undefined };
const BASE64 = "eRIJBAp2MTIxRGV2aWNlAApTbWFydFBob25l";

test.each([
  "/Microsoft-Server-ActiveSync",
  "/Microsoft-Server-ActiveSync/",
  "/Microsoft-Server-ActiveSync/default.eas",
  "/Microsoft-Server-ActiveSync/Default.eas",
  "/Microsoft-Server-ActiveSync/Proxy/default.eas",
  "/SOGo/Microsoft-Server-ActiveSync",
  "/microsoft-server-activesync",
  "/MICROSOFT-SERVER-ACTIVESYNC/PROXY/DEFAULT.EAS",
  "http://mail.contoso.com/Microsoft-Server-ActiveSync",
  "HTTPS://mail.contoso.com:443/Microsoft-Server-ActiveSync",
])("takes commands at %s", (path) => {
  expect(parseRequestTarget(`${path}?Cmd=Ping`, WITHOUT_HEADER)).toMatchObject({ command: "Ping" });
});

test.each([
  "/Microsoft-Server-ActiveSync/healthcheck.htm",
  "/Microsoft-Server-ActiveSync//",
  "/Microsoft-Server-ActiveSyncs",
  "/Microsoft-Server-ActiveSync/Proxy",
  "/owa/Microsoft-Server-ActiveSync",
  "Microsoft-Server-ActiveSync",
  "ftp://mail.contoso.com/Microsoft-Server-ActiveSync",
  "http://mail.contoso.com",
  "mail.contoso.com:443",
  "/",
  "*",
  "",
])("takes no commands at %j, whatever the query", (path) => {
  expect(parseRequestTarget(path, WITHOUT_HEADER)).toBeUndefined();
  expect(parseRequestTarget(`${path}?Cmd=%zz`, WITHOUT_HEADER)).toBeUndefined();
});

test.each(["", "?"])("reads a target without a query, as OPTIONS has it, as one without parameters (%j)", (end) => {
  expect(parseRequestTarget(`/Microsoft-Server-ActiveSync${end}`, { protocolVersion: "14.1" })).toEqual({
    form: "plain",
    protocolVersion: "14.1",
    parameters: [],
  });
});

test.each([
  [BASE64, "base64"],
  [`${BASE64}=`.slice(0, -1), "base64"],
  ["jQAJBAp2MTQxRGV2aWNlBGBI6k0KU21hcnRQaG9uZQgQdXNlckBjb250b3NvLmNvbQ==", "base64"],
  ["jQAJBAp2MTQxRGV2aWNlBGBI6k0KU21hcnRQaG9uZQgQdXNlckBjb250b3NvLmNvbQ%3D%3d", "base64"],
  ["Cmd=Ping", "plain"],
  ["Cmd&User", "plain"],
  ["===", "plain"],
  ["User=a=", "plain"],
])("tells the form of %s: %s", (query, form) => {
  expect(parseRequestTarget(`/Microsoft-Server-ActiveSync?${query}`, WITHOUT_HEADER)).toMatchObject({ form });
});

test("takes the version from the header for a plain query, from the version byte for a base64 one", () => {
  const headers = { protocolVersion: " 14.1 " };
  expect(parseRequestTarget("/Microsoft-Server-ActiveSync?Cmd=Ping", headers)?.protocolVersion).toBe("14.1");
  expect(parseRequestTarget(`/Microsoft-Server-ActiveSync?${BASE64}`, headers)?.protocolVersion).toBe("12.1");
});

test("counts offsets from the beginning of the target", () => {
  const target = "http://a/Microsoft-Server-ActiveSync?Cmd=%zz";
  expect(() => parseRequestTarget(target, WITHOUT_HEADER)).toThrow(
    `% without two hex digits (byte ${target.indexOf("%")})`,
  );
  expect(() => parseRequestTarget("/Microsoft-Server-ActiveSync?a*b", WITHOUT_HEADER)).toThrow("not base64 (byte 29)");
});

test("what the two writers write is read back from a target", () => {
  const plain = { form: "plain", command: "Ping", parameters: [] } as const;
  const base64 = parseRequestTarget(`/Microsoft-Server-ActiveSync?${BASE64}`, WITHOUT_HEADER);
  const target = `/Microsoft-Server-ActiveSync?${formatPlainQuery(plain)}`;
  expect(parseRequestTarget(target, WITHOUT_HEADER)).toEqual(plain);
  expect(base64?.form === "base64" && formatBase64Query(base64)).toBe(BASE64);
});
