import { describe, expect, test } from "vitest";
import { formatBase64Query } from "../../src/activesync/query.ts";
import { formatBasic } from "../../src/live/basic-auth.ts";
import { readHead, type RequestFacts } from "../../src/live/client-access-head.ts";
import { commandPath } from "../support/ask.ts";

const FACTS: RequestFacts = {
  method: "POST",
  target: commandPath("Ping"),
  authorization: formatBasic({ user: "jdoe", password: "secret" }),
  protocolVersion: "12.1",
};
const PING = { kind: "command", command: "Ping", user: "jdoe", deviceId: "d1", protocolVersion: "12.1" };

test("reads a command from a plain query and its headers", () => {
  expect(readHead(FACTS, undefined)).toEqual(PING);
});

test("reads a command from a base64 query alone", () => {
  const query = { form: "base64", protocolVersion: "14.1", command: "Sync", locale: 0x0409, parameters: [] } as const;
  const target = `/Microsoft-Server-ActiveSync?${formatBase64Query({ ...query, deviceId: "d2", deviceType: "SP" })}`;
  const facts = { ...FACTS, target, protocolVersion: undefined };
  const expected = { kind: "command", command: "Sync", user: "jdoe", deviceId: "d2", protocolVersion: "14.1" };
  expect(readHead(facts, undefined)).toEqual(expected);
});

test.each([
  [
    "OPTIONS on the path",
    { method: "OPTIONS", target: "/Microsoft-Server-ActiveSync" },
    { kind: "options", user: "jdoe" },
  ],
  [
    "the health page, which needs no user",
    { method: "GET", target: "/microsoft-server-activesync/HealthCheck.htm?x", authorization: undefined },
    { kind: "health" },
  ],
  [
    "the health page's head",
    { method: "HEAD", target: "/Microsoft-Server-ActiveSync/healthcheck.htm" },
    { kind: "health" },
  ],
])("reads %s", (_title, facts, expected) => {
  expect(readHead({ ...FACTS, ...facts }, undefined)).toEqual(expected);
});

test.each<[number, string, Partial<RequestFacts>]>([
  [404, "another path", { target: "/owa" }],
  [404, "another path, before asking who it is", { target: "/owa", authorization: undefined }],
  [404, "a command to the health page", { target: "/Microsoft-Server-ActiveSync/healthcheck.htm" }],
  [401, "nobody", { authorization: undefined }],
  [401, "nobody, before judging the query", { authorization: undefined, target: "/Microsoft-Server-ActiveSync?%" }],
  [401, "another scheme", { authorization: "Bearer abc" }],
  [401, "a domain without a user", { authorization: formatBasic({ user: "CONTOSO\\", password: "x" }) }],
  [405, "GET", { method: "GET" }],
  [405, "PUT", { method: "PUT" }],
  [400, "a broken query", { target: "/Microsoft-Server-ActiveSync?%" }],
  [400, "a user given twice", { target: `${commandPath("Ping")}&User=other` }],
  [400, "no query", { target: "/Microsoft-Server-ActiveSync" }],
  [400, "an empty command", { target: commandPath("") }],
  [501, "a command of the protocol that is not served", { target: commandPath("Search") }],
  [501, "an unknown command", { target: commandPath("Nonsense") }],
  [501, "OPTIONS as a command", { target: commandPath("OPTIONS") }],
  [400, "no device id", { target: "/Microsoft-Server-ActiveSync?Cmd=Ping&User=jdoe" }],
  [400, "an empty device id", { target: "/Microsoft-Server-ActiveSync?Cmd=Ping&DeviceId=" }],
  [400, "a device id with a line end", { target: "/Microsoft-Server-ActiveSync?Cmd=Ping&DeviceId=a%0Ab" }],
  [400, "a device id of 65 characters", { target: `/Microsoft-Server-ActiveSync?Cmd=Ping&DeviceId=${"d".repeat(65)}` }],
  [400, "no version", { protocolVersion: undefined }],
  [400, "an unknown version", { protocolVersion: "13.0" }],
])("refuses with %i %s", (status, _title, facts) => {
  expect(readHead({ ...FACTS, ...facts }, undefined)).toMatchObject({ kind: "refused", status });
});

test("a refusal says how to sign in, and which methods there are", () => {
  expect(readHead({ ...FACTS, authorization: undefined }, undefined)).toMatchObject({
    headers: { "WWW-Authenticate": 'Basic realm="idlewall", charset="UTF-8"' },
  });
  expect(readHead({ ...FACTS, method: "GET" }, undefined)).toMatchObject({ headers: { Allow: "OPTIONS, POST" } });
});

describe("with a list of users", () => {
  const users = new Map([["jdoe", "secret"]]);

  test.each([
    ["the right password", "jdoe", "secret", "jdoe"],
    ["a name in another case", "JDoe", "secret", "JDoe"],
    ["a Windows domain before the name", "CONTOSO\\jdoe", "secret", "jdoe"],
  ])("lets in %s", (_title, user, password, expected) => {
    const facts = { ...FACTS, authorization: formatBasic({ user, password }) };
    expect(readHead(facts, users)).toEqual({ ...PING, user: expected });
  });

  test.each([
    ["a wrong password", "jdoe", "Secret"],
    ["no password", "jdoe", ""],
    ["an unknown user", "other", "secret"],
  ])("keeps out %s", (_title, user, password) => {
    const facts = { ...FACTS, authorization: formatBasic({ user, password }) };
    expect(readHead(facts, users)).toMatchObject({ kind: "refused", status: 401 });
  });
});
