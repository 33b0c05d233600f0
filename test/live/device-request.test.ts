import { expect, test } from "vitest";
import { parseRequestTarget } from "../../src/activesync/query.ts";
import { formatRequest, type RequestSettings } from "../../src/live/device-request.ts";
import { parseDeviceServer } from "../../src/live/device-server.ts";

const SETTINGS: RequestSettings = {
  server: parseDeviceServer("http://mail.example.com"),
  identity: { user: "CONTOSO\\j doe", deviceId: "device0001", deviceType: "SmartPhone" },
  password: "secret",
  protocolVersion: "12.1",
  queryForm: "plain",
  userAgent: "test/1",
};
const BASE64: RequestSettings = { ...SETTINGS, queryForm: "base64" };

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}

function headOf(bytes: Uint8Array): { readonly target: string; readonly fields: readonly string[] } {
  const [line = "", ...fields] = (text(bytes).split("\r\n\r\n")[0] ?? "").split("\r\n");
  return { target: line.split(" ")[1] ?? "", fields };
}

test("asks for options without a query, version or length", () => {
  expect(text(formatRequest(SETTINGS, { command: "OPTIONS" }, undefined).bytes)).toBe(
    "OPTIONS /Microsoft-Server-ActiveSync HTTP/1.1\r\nUser-Agent: test/1\r\nHost: mail.example.com\r\n" +
      "Authorization: Basic Q09OVE9TT1xqIGRvZTpzZWNyZXQ=\r\n\r\n",
  );
});

test("writes a plain query, with version and policy key in headers and the body behind", () => {
  const { method, bytes } = formatRequest(SETTINGS, { command: "FolderSync", body: { syncKey: "0" } }, "1307199584");
  expect(method).toBe("POST");
  expect(text(bytes)).toMatch(
    /^POST \/Microsoft-Server-ActiveSync\?Cmd=FolderSync&User=CONTOSO%5Cj%20doe&DeviceId=device0001&DeviceType=SmartPhone HTTP\/1\.1\r\nMS-ASProtocolVersion: 12\.1\r\nX-MS-PolicyKey: 1307199584\r\nContent-Type: application\/vnd\.ms-sync\.wbxml\r\nContent-Length: 13\r\n/u,
  );
});

test("leaves out the content type of an empty body, but not its length", () => {
  const { fields } = headOf(formatRequest(SETTINGS, { command: "Ping", body: {} }, undefined).bytes);
  expect(fields).toContain("Content-Length: 0");
  expect(fields.join()).not.toMatch(/Content-Type|PolicyKey/u);
});

test("writes a base64 query that says what the headers say otherwise", () => {
  const { bytes } = formatRequest(BASE64, { command: "FolderSync", body: { syncKey: "0" } }, "4294967295");
  const { target, fields } = headOf(bytes);
  expect(parseRequestTarget(target, { protocolVersion: undefined })).toMatchObject({
    form: "base64",
    protocolVersion: "12.1",
    command: "FolderSync",
    deviceId: "device0001",
    policyKey: 4_294_967_295,
    deviceType: "SmartPhone",
    user: "CONTOSO\\j doe",
  });
  expect(fields.join()).not.toMatch(/MS-AS|X-MS/u);
});

test.each([["4294967296"], ["key"], ["-1"], [""]])("leaves the key %j out of a base64 query", (key) => {
  const { target } = headOf(formatRequest(BASE64, { command: "FolderSync", body: { syncKey: "0" } }, key).bytes);
  expect(parseRequestTarget(target, { protocolVersion: undefined })).not.toHaveProperty("policyKey");
});

test.each([["1\r\nX-Evil: 1"], ["a b"], [""], ["1".repeat(65)]])("never writes the key %j into a header", (key) => {
  const { bytes } = formatRequest(SETTINGS, { command: "FolderSync", body: { syncKey: "0" } }, key);
  expect(text(bytes)).not.toMatch(/PolicyKey|Evil/u);
});
