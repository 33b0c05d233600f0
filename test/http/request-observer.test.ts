import { describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/http/limits.ts";
import { RequestObserver } from "../../src/http/request-observer.ts";
import { byteByByte, bytesOf, latin1, observe } from "./observing.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const UPGRADE = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n";

function repeat(count: number): string {
  return "a".repeat(count);
}

function kinds(events: readonly { readonly kind: string }[]): readonly string[] {
  return events.map((event) => event.kind);
}

describe("a request", () => {
  test("is told as its head, its content, its bytes and its end, in as few pieces as can be", () => {
    const text = "POST /a?b HTTP/1.1\r\nHost: a\r\nX-Note: \t b c \r\nContent-Length: 2\r\n\r\nok";
    const memory = bytesOf(text);
    expect(new RequestObserver().push(memory)).toEqual([
      {
        kind: "head",
        head: {
          method: "POST",
          target: "/a?b",
          minorVersion: 1,
          fields: [
            { name: "Host", value: "a" },
            { name: "X-Note", value: "b c" },
            { name: "Content-Length", value: "2" },
          ],
          framing: { kind: "length", lengthBytes: 2 },
          upgrade: false,
        },
      },
      { kind: "body", bytes: bytesOf("ok") },
      { kind: "bytes", bytes: memory },
      { kind: "end", trailers: [] },
    ]);
  });

  test("that comes in one piece is not copied", () => {
    const memory = Uint8Array.from(bytesOf(`${GET}${GET}`));
    const passed = new RequestObserver().push(memory).flatMap((event) => (event.kind === "bytes" ? [event.bytes] : []));
    expect(passed.map((bytes) => [bytes.buffer === memory.buffer, bytes.byteOffset, bytes.length])).toEqual([
      [true, 0, GET.length],
      [true, GET.length, GET.length],
    ]);
  });

  test("in chunks gives its trailers with its end", () => {
    const text =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n0\r\nA: b\r\nA: c\r\n\r\n";
    const told = observe(new RequestObserver(), [bytesOf(text)]);
    expect(told.messages.map(({ body, trailers }) => ({ body, trailers }))).toEqual([
      {
        body: "ok",
        trailers: [
          { name: "A", value: "b" },
          { name: "A", value: "c" },
        ],
      },
    ]);
  });

  test("has its content passed on before it has ended, and its chunk lines once they are whole", () => {
    const observer = new RequestObserver();
    const passed = (text: string): string =>
      observer
        .push(bytesOf(text))
        .map((event) => (event.kind === "bytes" ? latin1(event.bytes) : ""))
        .join("");
    expect(passed("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r")).toBe("");
    expect(passed("\n")).toBe("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    expect(passed("3\r")).toBe("");
    expect(passed("\nab")).toBe("3\r\nab");
    expect(passed("c\r")).toBe("c");
    expect(passed("\n0\r\n")).toBe("\r\n0\r\n");
    expect(passed("A: b\r\n")).toBe("");
    expect(passed("\r\n")).toBe("A: b\r\n\r\n");
    expect(observer.state).toBe("idle");
  });

  test("pushed as nothing is nothing", () => {
    const observer = new RequestObserver();
    expect(observer.push(new Uint8Array(0))).toEqual([]);
    expect(observer.state).toBe("idle");
  });
});

describe("the state", () => {
  test.each([
    ["", "idle"],
    ["\r", "idle"],
    ["\r\n", "idle"],
    ["\r\nG", "head"],
    ["GET / HTTP/1.1\r\n", "head"],
    ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", "body"],
    ["POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "body"],
    [GET, "idle"],
    [UPGRADE, "upgrade-pending"],
    ["\n", "faulted"],
  ])("after %j is %s", (text, state) => {
    const observer = new RequestObserver();
    observer.push(bytesOf(text));
    expect(observer.state).toBe(state);
  });
});

describe("the end of the direction", () => {
  test.each(["", GET, `${GET}${UPGRADE}`])("after %j is nothing", (text) => {
    const observer = new RequestObserver();
    observer.push(bytesOf(text));
    expect(observer.end()).toEqual([]);
  });

  test("lets an empty line go on that was held for the request behind it", () => {
    const observer = new RequestObserver();
    expect(observer.push(bytesOf("\r\n"))).toEqual([]);
    expect(observer.end()).toEqual([{ kind: "bytes", bytes: bytesOf("\r\n") }]);
  });

  test.each([
    "\r",
    "G",
    "GET / HTTP/1.1\r\nHost: a\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\no",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\no",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
  ])("in the middle of a message, after %j, is a fault where the bytes end", (text) => {
    const told = observe(new RequestObserver(), [bytesOf(text)]);
    expect(told.fault).toEqual({
      status: 400,
      message: "The connection ended in the middle of a message.",
      offsetBytes: text.length,
    });
  });

  test("after a fault is nothing, and so is what is pushed", () => {
    const observer = new RequestObserver();
    expect(kinds(observer.push(bytesOf("\n")))).toEqual(["fault"]);
    expect(observer.push(bytesOf(GET))).toEqual([]);
    expect(observer.end()).toEqual([]);
    expect(observer.resolveUpgrade(true)).toEqual([]);
    expect(observer.heldBytes).toBe(0);
  });
});

describe("a request to upgrade", () => {
  test.each([
    ["HTTP/1.1", "Connection: upgrade\r\nUpgrade: h2c", true],
    ["HTTP/1.1", "Connection: close\r\nConnection: x, UPGRADE\r\nupgrade:", true],
    ["HTTP/1.1", "Connection: upgrade", false],
    ["HTTP/1.1", "Upgrade: websocket", false],
    ["HTTP/1.0", "Connection: upgrade\r\nUpgrade: websocket", false],
  ])("is one in %s with %j: %s", (version, fields, upgrade) => {
    const observer = new RequestObserver();
    const [event] = observer.push(bytesOf(`GET / ${version}\r\nHost: a\r\n${fields}\r\n\r\n`));
    expect(event).toMatchObject({ kind: "head", head: { upgrade } });
    expect(observer.state).toBe(upgrade ? "upgrade-pending" : "idle");
  });

  test("holds back what follows until it is accepted, and then lets everything pass unread", () => {
    const observer = new RequestObserver();
    expect(kinds(observer.push(bytesOf(`${UPGRADE}\n\n`)))).toEqual(["head", "bytes", "end"]);
    expect(observer.push(bytesOf("any"))).toEqual([]);
    expect(observer.heldBytes).toBe(5);
    expect(observer.resolveUpgrade(true)).toEqual([{ kind: "bytes", bytes: bytesOf("\n\nany") }]);
    expect(observer.state).toBe("tunnel");
    expect(observer.push(bytesOf("thing"))).toEqual([{ kind: "bytes", bytes: bytesOf("thing") }]);
    expect(observer.end()).toEqual([]);
  });

  test("once refused has what follows read as requests", () => {
    const observer = new RequestObserver();
    observer.push(bytesOf(`${UPGRADE}${GET}\n`));
    const events = observer.resolveUpgrade(false);
    expect(kinds(events)).toEqual(["head", "bytes", "end", "fault"]);
    expect(events.at(-1)).toMatchObject({ fault: { status: 400, offsetBytes: UPGRADE.length + GET.length } });
  });

  test("once refused may be followed by another, which waits again", () => {
    const observer = new RequestObserver();
    observer.push(bytesOf(`${UPGRADE}${UPGRADE}${GET}`));
    expect(kinds(observer.resolveUpgrade(false))).toEqual(["head", "bytes", "end"]);
    expect(observer.state).toBe("upgrade-pending");
    expect(observer.resolveUpgrade(true)).toEqual([{ kind: "bytes", bytes: bytesOf(GET) }]);
  });

  test.each([
    [true, "tunnel", ["body", "bytes", "end", "bytes"]],
    [false, "idle", ["body", "bytes", "end", "head", "bytes", "end"]],
  ])("may be answered while its body still comes: accepted %s leads to %s", (accepted, state, expected) => {
    const observer = new RequestObserver();
    observer.push(bytesOf(UPGRADE.replace("\r\n\r\n", "\r\nContent-Length: 2\r\n\r\n")));
    expect(observer.resolveUpgrade(accepted)).toEqual([]);
    expect(observer.resolveUpgrade(!accepted)).toEqual([]);
    expect(kinds(observer.push(bytesOf(`ok${GET}`)))).toEqual(expected);
    expect(observer.state).toBe(state);
  });

  test("that nobody made is not resolved", () => {
    const observer = new RequestObserver();
    observer.push(bytesOf(GET));
    expect(observer.resolveUpgrade(true)).toEqual([]);
    expect(observer.state).toBe("idle");
  });

  test.each([
    [true, GET.slice(0, 9), ["bytes"]],
    [false, "", []],
    [false, GET, ["head", "bytes", "end"]],
    [false, GET.slice(0, 9), ["fault"]],
    [false, `${GET}\r\n`, ["head", "bytes", "end", "bytes"]],
  ])("keeps the FIN that follows it until its answer: accepted %s, held %j", (accepted, held, expected) => {
    const observer = new RequestObserver();
    observer.push(bytesOf(`${UPGRADE}${held}`));
    expect(observer.end()).toEqual([]);
    expect(kinds(observer.resolveUpgrade(accepted))).toEqual(expected);
  });
});

describe("limits", () => {
  const limits = {
    startLineBytes: 40,
    headBytes: 100,
    fieldCount: 3,
    chunkLineBytes: 20,
    trailerBytes: 50,
    upgradeBytes: 30,
  };
  const chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

  /** For each limit a text at it, and what is to be refused one byte, or field, beyond it. */
  const rows: readonly (readonly [string, (extra: number) => string, number, number])[] = [
    ["start line", (extra) => `GET /${repeat(24 + extra)} HTTP/1.0\r\n\r\n`, 414, 40],
    ["head", (extra) => `GET / HTTP/1.0\r\nA: ${repeat(77 + extra)}\r\n\r\n`, 431, 100],
    ["head after an empty line", (extra) => `\r\nGET / HTTP/1.0\r\nA: ${repeat(77 + extra)}\r\n\r\n`, 431, 102],
    ["number of fields", (extra) => `GET / HTTP/1.0\r\n${"A:\r\n".repeat(3 + extra)}\r\n`, 431, 28],
    ["chunk line", (extra) => `${chunked}1;${repeat(16 + extra)}\r\nx\r\n0\r\n\r\n`, 400, chunked.length + 20],
    ["last chunk's line", (extra) => `${chunked}0;${repeat(16 + extra)}\r\n\r\n`, 400, chunked.length + 20],
    ["trailers", (extra) => `${chunked}0\r\nA: ${repeat(43 + extra)}\r\n\r\n`, 431, chunked.length + 53],
    ["number of trailers", (extra) => `${chunked}0\r\n${"A:\r\n".repeat(3 + extra)}\r\n`, 431, chunked.length + 15],
    ["bytes behind an upgrade", (extra) => `${UPGRADE}${repeat(30 + extra)}`, 400, UPGRADE.length],
  ];

  test.each(rows)("%s: what is just within passes", (_, text) => {
    for (const pieces of [[bytesOf(text(0))], byteByByte(bytesOf(text(0)))]) {
      const observer = new RequestObserver(limits);
      const told = observe(observer, pieces);
      expect(told.fault).toBeUndefined();
      expect(told.passed.length + observer.heldBytes).toBe(text(0).length);
    }
  });

  test.each(rows)("%s: what is just beyond is refused there", (_, text, status, offsetBytes) => {
    for (const pieces of [[bytesOf(text(1))], byteByByte(bytesOf(text(1)))]) {
      const told = observe(new RequestObserver(limits), pieces);
      expect(told.fault).toMatchObject({ status, offsetBytes });
    }
  });

  test.each(rows.filter(([title]) => !title.startsWith("number")))(
    "%s: what never ends is refused before it is longer than the limit",
    (_, text, status) => {
      const endless = text(0)
        .trimEnd()
        .replace(/x?(\r\n)*0?$/u, "");
      const told = observe(new RequestObserver(limits), [bytesOf(endless), ...byteByByte(bytesOf(repeat(60)))], {
        fin: false,
      });
      expect(told.fault?.status).toBe(status);
    },
  );

  test("a head that ends its lines at the limit but not itself is refused", () => {
    const text = `GET / HTTP/1.0\r\nA: ${repeat(79)}\r\n`;
    expect(text).toHaveLength(100);
    expect(observe(new RequestObserver(limits), [bytesOf(text)], { fin: false }).fault).toMatchObject({
      status: 431,
      offsetBytes: 100,
    });
  });

  test("a start line has no more room than the head", () => {
    const told = observe(new RequestObserver({ headBytes: 16 }), [bytesOf("GET / HTTP/1.0 ")], { fin: false });
    expect(told.fault).toBeUndefined();
    expect(observe(new RequestObserver({ headBytes: 16 }), [bytesOf("GET / HTTP/1.0  ")]).fault).toMatchObject({
      status: 414,
    });
  });

  test("are those of the documentation when nothing is said", () => {
    expect(DEFAULT_LIMITS).toEqual({
      startLineBytes: 16_384,
      headBytes: 65_536,
      fieldCount: 200,
      chunkLineBytes: 4096,
      trailerBytes: 16_384,
      upgradeBytes: 65_536,
    });
    const pad = "x".repeat(16_384 - "GET / HTTP/1.0\r\n".length);
    expect(observe(new RequestObserver(), [bytesOf(`GET /${pad} HTTP/1.0\r\n\r\n`)]).fault).toBeUndefined();
    expect(observe(new RequestObserver(), [bytesOf(`GET /${pad}x HTTP/1.0\r\n\r\n`)]).fault?.status).toBe(414);
  });
});

test("a long head that comes byte by byte goes on as a whole", () => {
  const text = `GET / HTTP/1.0\r\nA: ${"a".repeat(60_000)}\r\n\r\n`;
  const observer = new RequestObserver();
  const told = observe(observer, byteByByte(bytesOf(text)));
  expect(told.passed).toBe(text);
});
