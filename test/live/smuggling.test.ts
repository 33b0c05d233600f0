import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_LIMITS } from "../../src/http/limits.ts";
import { eventually } from "../support/pass-eventually.ts";
import { WireDevice } from "../support/pass-device.ts";
import { LEG_KINDS, type Rig, startRig, startTcpServer, type TcpServer } from "../support/rig.ts";

const LINE = "POST /Microsoft-Server-ActiveSync HTTP/1.1\r\nHost: mail.example.com\r\n";
const TAIL = "0\r\n\r\n";
const HIDDEN = "GET /hidden HTTP/1.1\r\nHost: a\r\n\r\n";

/** A request that admits two readings, and the status it is refused with. */
type Row = readonly [family: string, status: number, text: string];

const LENGTHS: readonly Row[] = [
  ["CL.TE: a length, then chunked", 400, `${LINE}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n${TAIL}G`],
  [
    "TE.CL: chunked, then a length",
    400,
    `${LINE}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${HIDDEN}`,
  ],
  ["TE.0: chunked and a length of 0", 400, `${LINE}Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n${TAIL}`],
  ["CL.CL: two lengths", 400, `${LINE}Content-Length: 0\r\nContent-Length: ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
  ["CL.CL: one length twice", 400, `${LINE}Content-Length: 1\r\ncontent-length: 1\r\n\r\nx`],
  ["a list of lengths", 400, `${LINE}Content-Length: 0, ${HIDDEN.length}\r\n\r\n${HIDDEN}`],
  ["a length with a plus", 400, `${LINE}Content-Length: +1\r\n\r\nx`],
  ["a negative length", 400, `${LINE}Content-Length: -1\r\n\r\nx`],
  ["a hexadecimal length", 400, `${LINE}Content-Length: 0x1\r\n\r\nx`],
  ["a length with a space within", 400, `${LINE}Content-Length: 1 0\r\n\r\nx`],
  ["a length behind a tab", 400, `${LINE}Content-Length:\t1\r\n\r\nx`],
  ["a length behind a vertical tab", 400, `${LINE}Content-Length: \u000b1\r\n\r\nx`],
  ["a length above 2^64", 413, `${LINE}Content-Length: 18446744073709551617\r\n\r\nx`],
];

const CODINGS: readonly Row[] = [
  ["TE.TE: an unknown coding first", 501, `${LINE}Transfer-Encoding: x\r\nTransfer-Encoding: chunked\r\n\r\n${TAIL}`],
  ["TE.TE: identity second", 501, `${LINE}Transfer-Encoding: chunked\r\nTransfer-encoding: identity\r\n\r\n${TAIL}`],
  ["chunked twice", 501, `${LINE}Transfer-Encoding: chunked, chunked\r\n\r\n${TAIL}`],
  ["chunked not last", 501, `${LINE}Transfer-Encoding: chunked, gzip\r\n\r\n${TAIL}`],
  ["a letter before", 501, `${LINE}Transfer-Encoding: xchunked\r\n\r\n${TAIL}`],
  ["in quotes", 501, `${LINE}Transfer-Encoding: "chunked"\r\n\r\n${TAIL}`],
  ["behind a comma", 501, `${LINE}Transfer-Encoding: ,chunked\r\n\r\n${TAIL}`],
  ["empty", 501, `${LINE}Transfer-Encoding:\r\n\r\n${TAIL}`],
  ["behind a tab", 400, `${LINE}Transfer-Encoding:\tchunked\r\n\r\n${TAIL}`],
  ["behind a vertical tab", 400, `${LINE}Transfer-Encoding: \u000bchunked\r\n\r\n${TAIL}`],
  ["with a NUL behind", 400, `${LINE}Transfer-Encoding: chunked\0\r\n\r\n${TAIL}`],
  ["a space before the colon", 400, `${LINE}Transfer-Encoding : chunked\r\n\r\n${TAIL}`],
  ["a folded value", 400, `${LINE}Transfer-Encoding:\r\n chunked\r\n\r\n${TAIL}`],
  ["folded into another field", 400, `${LINE}X: y\r\n Transfer-Encoding: chunked\r\n\r\n${TAIL}`],
  ["behind a bare LF in another field", 400, `${LINE}X: y\nTransfer-Encoding: chunked\r\n\r\n${TAIL}`],
  ["behind a bare CR in another field", 400, `${LINE}X: y\rTransfer-Encoding: chunked\r\n\r\n${TAIL}`],
  ["in HTTP/1.0", 400, `POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n${TAIL}`],
  ["taken off hop by hop", 400, `${LINE}Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n\r\n${TAIL}`],
];

const HEADS: readonly Row[] = [
  ["two hosts", 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"],
  ["no host", 400, "GET / HTTP/1.1\r\n\r\n"],
  ["a host with a path", 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"],
  ["lines that end in LF", 400, "GET / HTTP/1.1\nHost: a\n\n"],
  ["a bare CR for a line's end", 400, "GET / HTTP/1.1\rHost: a\r\n\r\n"],
  ["a field without a name", 400, "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n"],
  ["a line without a colon", 400, `GET / HTTP/1.1\r\nHost: a\r\n${HIDDEN}`],
  ["two spaces in the request line", 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["a space in the target", 400, "GET / HTTP/1.1 x HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["HTTP/0.9", 400, "GET /hidden\r\n"],
  ["HTTP/1.2", 505, "GET / HTTP/1.2\r\nHost: a\r\n\r\n"],
  ["the preface of HTTP/2", 505, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ["CONNECT", 501, "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n"],
  ["no HTTP at all", 400, "\0\u0001\u0002\r\n\r\n"],
];

const { startLineBytes, headBytes, fieldCount, chunkLineBytes, trailerBytes } = DEFAULT_LIMITS;

const SIZES: readonly Row[] = [
  ["a target above the limit", 414, `GET /${"a".repeat(startLineBytes)} HTTP/1.1\r\nHost: a\r\n\r\n`],
  ["a field above the limit", 431, `GET / HTTP/1.1\r\nHost: a\r\nX: ${"y".repeat(headBytes)}\r\n\r\n`],
  ["a line without an end", 414, "x".repeat(1024 * 1024)],
  ["too many fields", 431, `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(fieldCount)}\r\n`],
];

/** Faults in a body whose head has gone on: the bytes of it that the server may see, and those that it must not. */
const BODIES: readonly (readonly [family: string, status: number, seen: string, unseen: string])[] = [
  ["a size that is no number", 400, "", "xyz\r\n"],
  ["a negative size", 400, "", "-1\r\n"],
  ["a size above 2^64", 400, "", "10000000000000001\r\nx\r\n"],
  ["a bare LF behind an extension (TERM.EXT)", 400, "", `2;\nxx\r\n${HIDDEN}`],
  ["data longer than its size (EXT.TERM)", 400, "1\r\nx", `y\r\n${TAIL}${HIDDEN}`],
  ["data that ends in LF (TERM.SPILL)", 400, "1\r\nx", `\n${TAIL}${HIDDEN}`],
  ["a trailer that states a length", 400, "0\r\n", "Content-Length: 5\r\n\r\n"],
  ["an extension above the limit", 400, "1\r\nx\r\n", `1;${"e".repeat(chunkLineBytes)}\r\nx\r\n`],
  ["trailers above the limit", 431, "0\r\n", `X: ${"y".repeat(trailerBytes)}\r\n\r\n`],
];

const GOOD = ["GET /1 HTTP/1.1\r\nHost: a\r\n\r\n", `${LINE}Content-Length: 2\r\n\r\nhi`];
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

describe.each(LEG_KINDS)("over the %s leg", (legKind) => {
  const server = new Watcher();
  let rig: Rig;
  beforeAll(async () => {
    rig = await startRig(await server.start(), { legKind });
  });
  afterAll(async () => {
    await rig.stop();
    await server.stop();
  });

  async function sendAlone(text: string): Promise<WireDevice> {
    server.forget();
    const device = await WireDevice.connect(rig.proxy.port);
    device.send(text);
    return device;
  }

  describe.each([
    ["lengths", LENGTHS],
    ["codings", CODINGS],
    ["heads", HEADS],
    ["sizes", SIZES],
  ])("%s", (_, rows) => {
    test.each(rows)("%s is answered %i, and the server sees none of it", async (_family, status, text) => {
      const device = await sendAlone(text);
      const { text: answer, end } = await device.ended();
      expect(answer).toMatch(
        new RegExp(`^HTTP/1\\.1 ${status} [^\\r]+\\r\\n(?:[^\\r]+\\r\\n)+\\r\\n[^\\n]+\\.\\n$`, "u"),
      );
      expect(end).toBe("close_notify");
      await eventually(() => expect(rig.proxy.flowCount).toBe(0));
      expect(server.connections).toBe(0);
    });
  });

  test.each(BODIES)("%s is answered %i, and cuts the server off before it", async (_family, status, seen, unseen) => {
    const head = `${LINE}Transfer-Encoding: chunked\r\n\r\n`;
    const device = await sendAlone(head + seen);
    await eventually(() => expect(server.text).toBe(head + seen));
    device.send(unseen);
    const { text: answer, end } = await device.ended();
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `, "u"));
    expect(end).toBe("close_notify");
    await eventually(() => expect(server.ends).toEqual(["ECONNRESET"]));
    expect(server.text).toBe(head + seen);
    await eventually(() => expect(rig.proxy.flowCount).toBe(0));
  });

  test("requests before a refused one are answered first, in order", async () => {
    const device = await sendAlone(GOOD.join("") + `${LINE}Content-Length: 1, 1\r\n\r\nx`);
    await eventually(() => expect(server.text).toBe(GOOD.join("")));
    server.say(OK);
    await eventually(() => expect(device.text).toBe(OK));
    server.say(OK);
    const { text, end } = await device.ended();
    expect(text.slice(0, 2 * OK.length)).toBe(OK + OK);
    expect(text.slice(2 * OK.length)).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/u);
    expect(end).toBe("close_notify");
    expect(server.text).toBe(GOOD.join(""));
  });

  test("a request answered before its broken body came is not answered a second time", async () => {
    const device = await sendAlone(`${LINE}Transfer-Encoding: chunked\r\n\r\n`);
    await eventually(() => expect(server.connections).toBe(1));
    server.say(OK);
    await eventually(() => expect(device.text).toBe(OK));
    device.send("x\r\n");
    expect(await device.ended()).toEqual({ text: OK, end: "FIN" });
    await eventually(() => expect(server.ends).toEqual(["ECONNRESET"]));
  });

  test("a head of just the largest size passes", async () => {
    const start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    const text = `${start}${"y".repeat(headBytes - start.length - 4)}\r\n\r\n`;
    const device = await sendAlone(text);
    await eventually(() => expect(server.text).toBe(text));
    device.tls.destroy();
  });

  test("a request hidden behind an upgrade that is refused is judged as a request", async () => {
    const upgrade = "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    const device = await sendAlone(`${upgrade}GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n`);
    await eventually(() => expect(server.text).toBe(upgrade));
    server.say(OK);
    const { text } = await device.ended();
    expect(text.slice(0, OK.length)).toBe(OK);
    expect(text.slice(OK.length)).toMatch(/^HTTP\/1\.1 400 /u);
    expect(server.text).toBe(upgrade);
  });
});

/** A server that says what it is told to, and keeps what it saw. */
class Watcher {
  #server: TcpServer | undefined;
  #socket: Socket | undefined;
  text = "";
  connections = 0;
  ends: string[] = [];

  async start(): Promise<number> {
    this.#server = await startTcpServer((socket) => {
      this.#socket = socket;
      this.connections += 1;
      socket.on("data", (bytes) => (this.text += bytes.toString("latin1")));
      socket.on("end", () => this.ends.push("FIN"));
      socket.on("error", (error: NodeJS.ErrnoException) => this.ends.push(error.code ?? error.message));
    });
    return this.#server.port;
  }

  say(text: string): void {
    this.#socket?.write(Buffer.from(text, "latin1"));
  }

  forget(): void {
    this.text = "";
    this.connections = 0;
    this.ends = [];
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }
}
