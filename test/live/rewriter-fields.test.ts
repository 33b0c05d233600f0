import { describe, expect, test } from "vitest";
import type { Field, RequestHead } from "../../src/http/message.ts";
import { RequestObserver } from "../../src/http/request-observer.ts";
import {
  answerFields,
  asksForWebSocket,
  bindsConnection,
  expectsAnswer,
  type ForwardedPolicy,
  formatInterim,
  pairUp,
  requestFields,
} from "../../src/live/rewriter-fields.ts";

describe("a request's fields on their way to the backend", () => {
  test("keep their names, values and order, behind our Host", () => {
    expect(passed("Host: mail", "X-B: 1", "x-A:  two ")).toEqual([
      "Host: backend:81",
      "X-B: 1",
      "x-A: two",
      "Connection: keep-alive",
    ]);
  });

  test.each([
    ["Connection: close"],
    ["Keep-Alive: timeout=5"],
    ["Proxy-Connection: keep-alive"],
    ["TE: gzip"],
    ["Upgrade: h2c"],
    ["Connection: x-own, Close", "X-Own: 1"],
    ["X-Own: 1", "Connection: keep-alive", "connection: X-OWN"],
  ])("leave out what is about one connection only: %s", (...given) => {
    expect(passed("Host: mail", ...given)).toEqual(["Host: backend:81", "Connection: keep-alive"]);
  });

  test("gather what is repeated under its first name, the values in their order", () => {
    const head = headOf("Host: mail", "X-A: 1", "X-B: 2", "x-a: 3");
    const fields = requestFields(head, { ...REWRITING, forwarded: "keep" });
    expect(fields.slice(1, 3)).toEqual([
      { name: "X-A", values: ["1", "3"] },
      { name: "X-B", values: ["2"] },
    ]);
  });

  test("say the framing anew, and a trailer's announcement only with chunks", () => {
    expect(passed("Host: mail", "content-length: 007", "Trailer: x")).toContain("Content-Length: 7");
    expect(passed("Host: mail", "content-length: 007", "Trailer: x").join()).not.toContain("Trailer");
    expect(passed("Host: mail", "TRANSFER-ENCODING: Chunked", "Trailer: x")).toEqual(
      expect.arrayContaining(["Transfer-Encoding: chunked", "Trailer: x"]),
    );
  });

  test("ask for trailers where the device does", () => {
    expect(passed("Host: mail", "TE: gzip, trailers")).toEqual([
      "Host: backend:81",
      "Connection: keep-alive, TE",
      "TE: trailers",
    ]);
  });

  test("ask for a WebSocket where the device does", () => {
    expect(passed("Host: mail", "Connection: Upgrade", "Upgrade: WebSocket")).toEqual([
      "Host: backend:81",
      "Connection: Upgrade",
      "Upgrade: WebSocket",
    ]);
  });

  test.each([
    ["NTLM TlRM", true],
    ["negotiate YII", true],
    ["NTLM", true],
    ["Basic dTpw", false],
    ["NTLMish x", false],
  ])("Authorization: %s signs in a connection: %s", (authorization, binds) => {
    const head = headOf("Host: mail", `Authorization: ${authorization}`);
    expect(bindsConnection(head)).toBe(binds);
    expect(passed("Host: mail", `Authorization: ${authorization}`).at(-1)).toBe(
      `Connection: ${binds ? "close" : "keep-alive"}`,
    );
  });

  test("pass Expect on only where it means something", () => {
    expect(expectsAnswer(headOf("Host: mail", "Expect: 100-continue", "Content-Length: 1"))).toBe(true);
    expect(expectsAnswer(headOf("Host: mail", "Expect: 100-continue"))).toBe(false);
    expect(expectsAnswer(headOf("Host: mail", "Content-Length: 1"))).toBe(false);
    expect(
      expectsAnswer({ ...headOf("Host: mail", "Expect: 100-continue", "Content-Length: 1"), minorVersion: 0 }),
    ).toBe(false);
    expect(passed("Host: mail", "Expect: 100-continue").join()).not.toContain("Expect");
  });
});

describe("X-Forwarded-*", () => {
  const CAME = [
    "X-Forwarded-For: 1.1.1.1",
    "X-Forwarded-Proto: http",
    "x-forwarded-for: 2.2.2.2",
    "X-Forwarded-Host: first",
    "Forwarded: for=1.1.1.1",
  ];

  test.each<[ForwardedPolicy, readonly string[]]>([
    [
      "replace",
      [
        "X-Forwarded-For: 10.0.0.1",
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: mail:8443",
        "X-Forwarded-Port: 8443",
      ],
    ],
    [
      "append",
      [
        "X-Forwarded-For: 1.1.1.1, 2.2.2.2, 10.0.0.1",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Host: first",
        "Forwarded: for=1.1.1.1",
        "X-Forwarded-Port: 8443",
      ],
    ],
    ["remove", []],
    [
      "keep",
      [
        "X-Forwarded-For: 1.1.1.1, 2.2.2.2",
        "X-Forwarded-Proto: http",
        "X-Forwarded-Host: first",
        "Forwarded: for=1.1.1.1",
      ],
    ],
  ])("with the policy %s become %j", (forwarded, expected) => {
    const fields = requestFields(headOf("Host: mail:8443", ...CAME), { ...REWRITING, forwarded });
    expect(lines(fields).slice(1, -1)).toEqual(expected);
  });

  test("are not taken off by a device's Connection field", () => {
    const head = headOf("Host: mail", "X-Forwarded-For: 1.1.1.1", "Connection: X-Forwarded-For");
    const fields = requestFields(head, { ...REWRITING, forwarded: "append" });
    expect(lines(fields)).toContain("X-Forwarded-For: 1.1.1.1, 10.0.0.1");
  });

  test.each([
    ["mail", "443"],
    ["mail:8443", "8443"],
    ["[::1]", "443"],
    ["[::1]:8443", "8443"],
  ])("for the host %s name the port %s", (deviceHost, port) => {
    const fields = requestFields(headOf("Host: mail"), { ...REWRITING, forwarded: "replace", deviceHost });
    expect(lines(fields)).toContain(`X-Forwarded-Port: ${port}`);
  });

  test("name no host where the device named none", () => {
    const fields = requestFields(headOf("Host: mail"), { ...REWRITING, forwarded: "replace", deviceHost: "" });
    expect(lines(fields).join()).not.toContain("X-Forwarded-Host");
  });
});

describe("an answer's fields on their way to the device", () => {
  test("keep their names, values, order and lines, without what is about one connection", () => {
    const fields = fieldsOf("X-b: 1", "Connection: X-Hop", "X-Hop: 2", "X-B: 3", "Content-Length: 2", "Trailer: x");
    expect(answerFields(fields, { trailers: false })).toEqual(fieldsOf("X-b: 1", "X-B: 3", "Content-Length: 2"));
    expect(answerFields(fields, { trailers: true })).toContainEqual({ name: "Trailer", value: "x" });
  });

  test("keep the length that their own Connection names", () => {
    const fields = fieldsOf("Connection: Content-Length", "Content-Length: 2");
    expect(answerFields(fields, { trailers: true })).toEqual(fieldsOf("Content-Length: 2"));
  });
});

test("an interim answer is written with its fields, one that switches protocols says to which", () => {
  const hints = formatInterim(103, "Early Hints", fieldsOf("Link: <a>", "Connection: x", "X: 1"));
  expect(hints.toString()).toBe("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n");
  const switching = formatInterim(101, "", fieldsOf("Upgrade: websocket", "Connection: upgrade", "X: \u00e9"));
  expect(switching.toString("latin1")).toBe(
    "HTTP/1.1 101 \r\nX: \u00e9\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
});

test.each([
  [["Connection: Upgrade", "Upgrade: websocket"], true],
  [["Connection: Upgrade", "Upgrade: WEBSOCKET"], true],
  [["Connection: Upgrade", "Upgrade: h2c"], false],
  [["Connection: Upgrade", "Upgrade: websocket, h2c"], false],
  [["Connection: Upgrade", "Upgrade: websocket", "Content-Length: 1"], false],
  [["Upgrade: websocket"], false],
])("the fields %j ask for a WebSocket: %s", (fields, asks) => {
  expect(asksForWebSocket(headOf("Host: mail", ...fields))).toBe(asks);
});

test("Node's flat list makes pairs", () => {
  expect(pairUp(["a", "1", "B", ""])).toEqual(fieldsOf("a: 1", "B: "));
  expect(pairUp([])).toEqual([]);
});

const REWRITING = {
  host: "backend:81",
  forwarded: "remove",
  deviceAddress: "10.0.0.1",
  deviceHost: "mail:8443",
} as const;

function headOf(...fields: readonly string[]): RequestHead {
  const [event] = new RequestObserver().push(Buffer.from(["GET / HTTP/1.1", ...fields, "", ""].join("\r\n"), "latin1"));
  if (event?.kind !== "head") throw new Error(`no head: ${JSON.stringify(event)}`);
  return event.head;
}

function fieldsOf(...given: readonly string[]): readonly Field[] {
  return given.map((line) => {
    const [name = "", value = ""] = line.split(": ");
    return { name, value };
  });
}

function passed(...fields: readonly string[]): readonly string[] {
  return lines(requestFields(headOf(...fields), REWRITING));
}

function lines(fields: ReturnType<typeof requestFields>): readonly string[] {
  return fields.flatMap(({ name, values }) => values.map((value) => `${name}: ${value}`));
}
