import { describe, expect, test } from "vitest";
import { ResponseObserver } from "../../src/http/response-observer.ts";
import { bytesOf, observe } from "./observing.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const GET = { method: "GET", upgrade: false };
const HEAD = { method: "HEAD", upgrade: false };
const UPGRADE = { method: "GET", upgrade: true };
const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

function kinds(events: readonly { readonly kind: string }[]): readonly string[] {
  return events.map((event) => event.kind);
}

function expecting(...requests: readonly { readonly method: string; readonly upgrade: boolean }[]): ResponseObserver {
  const observer = new ResponseObserver();
  for (const request of requests) observer.expect(request);
  return observer;
}

test("a response is told as its head, its content, its bytes and its end", () => {
  expect(expecting(GET).push(bytesOf(OK))).toEqual([
    {
      kind: "head",
      head: {
        status: 200,
        reason: "OK",
        minorVersion: 1,
        fields: [{ name: "Content-Length", value: "2" }],
        framing: { kind: "length", lengthBytes: 2 },
      },
    },
    { kind: "body", bytes: bytesOf("ok") },
    { kind: "bytes", bytes: bytesOf(OK) },
    { kind: "end", trailers: [] },
  ]);
});

test.each([
  ["HTTP/1.1 200 \r\n", "", 1],
  ["HTTP/1.1 200\r\n", "", 1],
  ["HTTP/1.0 404  Not  \u00e9 \r\n", " Not  \u00e9 ", 0],
])("%j has the reason %j", (line, reason, minorVersion) => {
  const [event] = expecting(GET).push(bytesOf(`${line}Content-Length: 0\r\n\r\n`));
  expect(event).toMatchObject({ kind: "head", head: { reason, minorVersion } });
});

test.each([
  ["GET", 200, "Content-Length: 5", { kind: "length", lengthBytes: 5 }],
  ["GET", 200, "Transfer-Encoding: chunked", { kind: "chunked" }],
  ["GET", 200, "A: b", { kind: "until-close" }],
  ["GET", 199, "A: b", { kind: "none" }],
  ["GET", 204, "A: b", { kind: "none" }],
  ["GET", 205, "A: b", { kind: "until-close" }],
  ["GET", 304, "Content-Length: 5", { kind: "none" }],
  ["HEAD", 200, "Content-Length: 5", { kind: "none" }],
  ["HEAD", 404, "A: b", { kind: "none" }],
])("an answer to %s with %d and %j is framed as %j", (method, status, field, framing) => {
  const [event] = expecting({ method, upgrade: false }).push(bytesOf(`HTTP/1.1 ${status} X\r\n${field}\r\n\r\n`));
  expect(event).toMatchObject({ kind: "head", head: { framing } });
});

describe("outstanding requests", () => {
  test("are answered in the order in which they were told", () => {
    const observer = expecting(HEAD, GET, GET);
    expect(observer.outstanding).toBe(3);
    const told = observe(observer, [bytesOf(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${OK}`)]);
    expect(told.messages.map((message) => message.body)).toEqual(["", "ok"]);
    expect(observer.outstanding).toBe(1);
    expect(observer.state).toBe("idle");
  });

  test("stay so until the response has ended", () => {
    const observer = expecting(GET);
    observer.push(bytesOf(OK.slice(0, -1)));
    expect([observer.outstanding, observer.state]).toEqual([1, "body"]);
    observer.push(bytesOf("k"));
    expect([observer.outstanding, observer.state]).toEqual([0, "idle"]);
  });

  test.each([100, 102, 103, 199])("stay so after an interim %d, which ends all the same", (status) => {
    const observer = expecting(GET);
    expect(kinds(observer.push(bytesOf(`HTTP/1.1 ${status} X\r\nA: b\r\n\r\n`)))).toEqual(["head", "bytes", "end"]);
    expect([observer.outstanding, observer.state]).toEqual([1, "idle"]);
    expect(kinds(observer.push(bytesOf(OK)))).toEqual(["head", "body", "bytes", "end"]);
    expect(observer.outstanding).toBe(0);
  });

  test("that are missing make the first byte a fault", () => {
    const observer = expecting(GET);
    observer.push(bytesOf(OK));
    expect(observer.push(bytesOf("H"))).toEqual([
      {
        kind: "fault",
        fault: { status: 502, message: "The server answers though nothing was asked.", offsetBytes: OK.length },
      },
    ]);
    expect(observer.state).toBe("faulted");
  });

  test("may be told after an earlier answer has passed", () => {
    const observer = expecting(GET);
    observer.push(bytesOf(OK));
    observer.expect(HEAD);
    expect(kinds(observer.push(bytesOf("HTTP/1.1 200 OK\r\n\r\n")))).toEqual(["head", "bytes", "end"]);
  });
});

describe("101", () => {
  test("ends HTTP when it was asked for", () => {
    const observer = expecting(UPGRADE);
    const told = observe(observer, [bytesOf(`${SWITCH}\0\n`), bytesOf("any")]);
    expect(told).toMatchObject({ passed: `${SWITCH}\0\nany`, fault: undefined, disorder: undefined });
    expect(told.messages.map((message) => message.trailers)).toEqual([[]]);
    expect([observer.outstanding, observer.state]).toEqual([0, "tunnel"]);
  });

  test("may come after 100", () => {
    const observer = expecting(UPGRADE);
    observer.push(bytesOf(`HTTP/1.1 100 Continue\r\n\r\n${SWITCH}`));
    expect(observer.state).toBe("tunnel");
  });

  test("is a fault when another request than the one at hand asked for it", () => {
    const told = observe(expecting(GET, UPGRADE), [bytesOf(SWITCH)]);
    expect(told).toMatchObject({ passed: "", fault: { status: 502, offsetBytes: 0 } });
  });

  test("that does not come leaves HTTP as it is", () => {
    const observer = expecting(UPGRADE);
    observer.push(bytesOf(OK));
    expect([observer.outstanding, observer.state]).toEqual([0, "idle"]);
  });
});

describe("the end of the direction", () => {
  test("ends a body that lasts until then", () => {
    const observer = expecting(GET, GET);
    expect(kinds(observer.push(bytesOf("HTTP/1.1 200 OK\r\n\r\nsome")))).toEqual(["head", "body", "bytes"]);
    expect(kinds(observer.push(bytesOf("thing")))).toEqual(["body", "bytes"]);
    expect(observer.state).toBe("body");
    expect(observer.end()).toEqual([{ kind: "end", trailers: [] }]);
    expect([observer.outstanding, observer.state]).toEqual([1, "idle"]);
  });

  test.each(["", OK, "HTTP/1.1 100 Continue\r\n\r\n"])("after %j is nothing, whatever is outstanding", (text) => {
    const observer = expecting(GET, GET);
    observer.push(bytesOf(text));
    expect(observer.end()).toEqual([]);
  });

  test.each([
    "H",
    "HTTP/1.1 200 OK\r\n",
    OK.slice(0, -1),
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n",
  ])("in the middle of a message, after %j, is a fault", (text) => {
    const told = observe(expecting(GET), [bytesOf(text)]);
    expect(told.fault).toEqual({
      status: 502,
      message: "The connection ended in the middle of a message.",
      offsetBytes: text.length,
    });
  });
});

test.each([
  [{ startLineBytes: 17 }, undefined],
  [{ startLineBytes: 16 }, 16],
  [{ headBytes: 38 }, undefined],
  [{ headBytes: 37 }, 37],
  [{ fieldCount: 0 }, 17],
])("limits %j hold for responses too, and their faults are the server's", (limits, offsetBytes) => {
  const observer = new ResponseObserver(limits);
  observer.expect(GET);
  const told = observe(observer, [bytesOf(OK)]);
  expect(told.fault?.offsetBytes).toBe(offsetBytes);
  expect(told.fault?.status).toBe(offsetBytes === undefined ? undefined : 502);
  expect(observer.heldBytes).toBe(0);
});
