import { describe, expect, test } from "vitest";
import { RequestObserver } from "../../src/http/request-observer.ts";
import { ResponseObserver } from "../../src/http/response-observer.ts";
import { byteByByte, bytesOf, observe } from "./observing.ts";

/** Bytes with what comes of them: a status with the offset of the fault, or the body of each request they hold. */
type RequestRow = readonly [title: string, bytes: string, expected: readonly [number, number] | readonly string[]];

const GET = "GET / HTTP/1.1\r\nHost: a\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a\r\n";
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
const TAIL = "0\r\n\r\n";

/** Where the fields behind these beginnings stand. */
const G = GET.length;
const P = POST.length;
const H = CHUNKED.length;

function post(fields: string, body = ""): string {
  return `${POST}${fields}\r\n\r\n${body}`;
}

const REQUEST_LINES: readonly RequestRow[] = [
  ["origin form", "GET /a?b=%20;c HTTP/1.1\r\nHost: a\r\n\r\n", [""]],
  ["two slashes", "GET //a HTTP/1.1\r\nHost: a\r\n\r\n", [""]],
  [
    "every visible ASCII character but #",
    "GET /!\"$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~ HTTP/1.1\r\nHost: a\r\n\r\n",
    [""],
  ],
  ["absolute form with another Host", "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", [""]],
  ["asterisk with OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", [""]],
  ["a method nobody knows", "M-SEARCH!#$%&'*+.^_`|~ / HTTP/1.1\r\nHost: a\r\n\r\n", [""]],
  ["HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", [""]],
  ["one empty line before", "\r\nGET / HTTP/1.0\r\n\r\n", [""]],
  ["an empty line between two requests", "GET / HTTP/1.0\r\n\r\n\r\nGET / HTTP/1.0\r\n\r\n", ["", ""]],
  ["an empty line after the last request", "GET / HTTP/1.0\r\n\r\n\r\n", [""]],
  ["two empty lines before", "\r\n\r\nGET / HTTP/1.0\r\n\r\n", [400, 2]],
  ["a bare LF before", "\nGET / HTTP/1.0\r\n\r\n", [400, 0]],
  ["a bare CR before", "\rGET / HTTP/1.0\r\n\r\n", [400, 0]],
  ["asterisk with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", [400, 4]],
  ["authority form", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", [400, 4]],
  ["a fragment", "GET /#b HTTP/1.1\r\nHost: a\r\n\r\n", [400, 4]],
  ["a fragment in absolute form", "GET http://a/#b HTTP/1.1\r\nHost: a\r\n\r\n", [400, 4]],
  ["absolute form without anything", "GET http:// HTTP/1.1\r\nHost: a\r\n\r\n", [400, 4]],
  ["no target", "GET HTTP/1.1\r\nHost: a\r\n\r\n", [400, 0]],
  ["a space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", [400, 0]],
  ["two spaces before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", [400, 0]],
  ["a tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", [400, 0]],
  ["a space before the method", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", [400, 0]],
  ["a space after the version", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", [400, 0]],
  ["a byte above ASCII in the target", "GET /\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n", [400, 5]],
  ["a NUL in the target", "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n", [400, 5]],
  ["a DEL in the target", "GET /\u007f HTTP/1.1\r\nHost: a\r\n\r\n", [400, 5]],
  ["a method that is no token", "G(T / HTTP/1.1\r\nHost: a\r\n\r\n", [400, 0]],
  ["no version", "GET /\r\nHost: a\r\n\r\n", [400, 0]],
  ["a version in lower case", "GET / http/1.1\r\nHost: a\r\n\r\n", [400, 0]],
  ["a version of one digit", "GET / HTTP/3\r\n\r\n", [400, 0]],
  ["a version of many digits", "GET / HTTP/1.10\r\n\r\n", [400, 0]],
  ["HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", [505, 6]],
  ["HTTP/0.9 spelt out", "GET / HTTP/0.9\r\n\r\n", [505, 6]],
  ["the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505, 6]],
  ["CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", [501, 0]],
  ["a line that ends in LF", "GET / HTTP/1.1\nHost: a\r\n\r\n", [400, 14]],
  ["a CR within a line", "GET / HTTP/1.1\rHost: a\r\n\r\n", [400, 14]],
  ["a second CR at a line's end", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", [400, 14]],
];

const FIELDS: readonly RequestRow[] = [
  ["no space after the colon", `${GET}A:b\r\n\r\n`, [""]],
  ["an empty value", `${GET}A:\r\n\r\n`, [""]],
  ["white space around a value", `${GET}A:\t b\t c \r\n\r\n`, [""]],
  ["any character above ASCII in a value", `${GET}A: \u0080\u00ff\r\n\r\n`, [""]],
  ["colons in a value", `${GET}A: b:c:\r\n\r\n`, [""]],
  ["a name with an underscore is another name", `${GET}Transfer_Encoding: chunked\r\n\r\n`, [""]],
  ["a space before the colon", `${GET}A : b\r\n\r\n`, [400, G]],
  ["a tab before the colon", `${GET}A\t: b\r\n\r\n`, [400, G]],
  ["a space in a name", `${GET}A b: c\r\n\r\n`, [400, G]],
  ["no name", `${GET}: b\r\n\r\n`, [400, G]],
  ["no colon", `${GET}A\r\n\r\n`, [400, G]],
  ["a folded line", `${GET}A: b\r\n c\r\n\r\n`, [400, G + 6]],
  ["a line folded with a tab", `${GET}A: b\r\n\tc\r\n\r\n`, [400, G + 6]],
  ["a folded line right after the request line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", [400, 16]],
  ["a NUL in a value", `${GET}A: b\0\r\n\r\n`, [400, G + 4]],
  ["a vertical tab in a value", `${GET}A: \u000bb\r\n\r\n`, [400, G + 3]],
  ["a DEL in a value", `${GET}A: \u007f\r\n\r\n`, [400, G + 3]],
  ["a NUL in a name", `${GET}A\0: b\r\n\r\n`, [400, G + 1]],
  ["a byte above ASCII in a name", `${GET}\u00c1: b\r\n\r\n`, [400, G]],
  ["a bare LF at a line's end", `${GET}A: b\n\r\n`, [400, G + 4]],
  ["a bare CR in a value", `${GET}A: b\rC: d\r\n\r\n`, [400, G + 4]],
  ["a bare LF for the empty line", `${GET}\n`, [400, G]],
  ["a bare CR for the empty line", `${GET}\r\r\n`, [400, G]],
  ["an end of lines LF LF", "GET / HTTP/1.1\r\nHost: a\n\n", [400, 23]],
];

const HOSTS: readonly RequestRow[] = [
  ["a name and a port", "GET / HTTP/1.1\r\nHost: a-b_c.d:8443\r\n\r\n", [""]],
  ["an IPv6 address", "GET / HTTP/1.1\r\nHost: [::1]:443\r\n\r\n", [""]],
  ["empty", "GET / HTTP/1.1\r\nHost:\r\n\r\n", [""]],
  ["missing", "GET / HTTP/1.1\r\nA: b\r\n\r\n", [400, 0]],
  ["missing, after an empty line", "\r\nGET / HTTP/1.1\r\n\r\n", [400, 2]],
  ["repeated", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", [400, 0]],
  ["repeated with one value", "GET / HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n", [400, 0]],
  ["repeated in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", [400, 0]],
  ["two names in one", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", [400, 0]],
  ["with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", [400, 0]],
  ["with user information", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", [400, 0]],
  ["with a port of letters", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", [400, 0]],
  ["with a bracket left open", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", [400, 0]],
];

const LENGTHS: readonly RequestRow[] = [
  ["a length with a body", post("Content-Length: 5", "hello"), ["hello"]],
  ["a length of 0", post("Content-Length: 0"), [""]],
  ["zeros before the digits", post("Content-Length: 005", "hello"), ["hello"]],
  ["a GET with a body (CL.0)", `${GET}Content-Length: 5\r\n\r\nhello`, ["hello"]],
  [
    "a body that looks like a request (CL.0)",
    post("Content-Length: 18", "GET / HTTP/1.0\r\n\r\n"),
    ["GET / HTTP/1.0\r\n\r\n"],
  ],
  ["a length in HTTP/1.0", "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nok", ["ok"]],
  ["spaces around a length", post("Content-Length:   2  ", "ok"), ["ok"]],
  ["a length with a plus", post("Content-Length: +5", "hello"), [400, 0]],
  ["a negative length", post("Content-Length: -5", "hello"), [400, 0]],
  ["an empty length", post("Content-Length:"), [400, 0]],
  ["a hexadecimal length", post("Content-Length: 0x5", "hello"), [400, 0]],
  ["a length with a fraction", post("Content-Length: 5.0", "hello"), [400, 0]],
  ["a length with an exponent", post("Content-Length: 1e1", "hello"), [400, 0]],
  ["a length with a space", post("Content-Length: 1 5", "hello"), [400, 0]],
  ["a length with a no-break space", post("Content-Length: 5\u00a0", "hello"), [400, 0]],
  ["a list of two lengths", post("Content-Length: 5, 6", "hello"), [400, 0]],
  ["a list of one length twice", post("Content-Length: 5, 5", "hello"), [400, 0]],
  ["two lengths", post("Content-Length: 5\r\nContent-Length: 6", "hello"), [400, 0]],
  ["one length twice", post("Content-Length: 5\r\nContent-length: 5", "hello"), [400, 0]],
  ["a tab before a length", post("Content-Length:\t5", "hello"), [400, P]],
  ["2^53 - 1", post("Content-Length: 9007199254740991"), [400, P + 36]],
  ["2^53", post("Content-Length: 9007199254740992"), [413, 0]],
  ["2^64 + 5", post("Content-Length: 18446744073709551621", "hello"), [413, 0]],
  ["a length of 400 digits", post(`Content-Length: ${"9".repeat(400)}`), [413, 0]],
  ["a space before the length's colon", post("Content-Length : 5", "hello"), [400, P]],
];

const CODINGS: readonly RequestRow[] = [
  ["chunked", `${CHUNKED}${TAIL}`, [""]],
  ["Chunked in other letters", post("transfer-ENCODING: cHuNkEd", TAIL), [""]],
  ["a length too, first (CL.TE)", post("Content-Length: 6\r\nTransfer-Encoding: chunked", `${TAIL}G`), [400, 0]],
  ["a length too, second (TE.CL)", post("Transfer-Encoding: chunked\r\nContent-Length: 4", TAIL), [400, 0]],
  ["a length of 0 too (TE.0)", post("Transfer-Encoding: chunked\r\nContent-Length: 0", TAIL), [400, 0]],
  ["a length and a coding nobody knows", post("Content-Length: 5\r\nTransfer-Encoding: x", "hello"), [400, 0]],
  ["in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", [400, 0]],
  ["twice in one field", post("Transfer-Encoding: chunked, chunked", TAIL), [501, 0]],
  ["twice in two fields", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", TAIL), [501, 0]],
  [
    "identity in a second field (TE.TE)",
    post("Transfer-Encoding: chunked\r\nTransfer-encoding: identity", TAIL),
    [501, 0],
  ],
  [
    "an unknown coding in a first field (TE.TE)",
    post("Transfer-Encoding: x\r\nTransfer-Encoding: chunked", TAIL),
    [501, 0],
  ],
  ["gzip before", post("Transfer-Encoding: gzip, chunked", TAIL), [501, 0]],
  ["not last", post("Transfer-Encoding: chunked, identity", TAIL), [501, 0]],
  ["identity", post("Transfer-Encoding: identity"), [501, 0]],
  ["empty", post("Transfer-Encoding:"), [501, 0]],
  ["a letter before", post("Transfer-Encoding: xchunked", TAIL), [501, 0]],
  ["a letter behind", post("Transfer-Encoding: chunkedx", TAIL), [501, 0]],
  ["a comma before", post("Transfer-Encoding: ,chunked", TAIL), [501, 0]],
  ["a comma behind", post("Transfer-Encoding: chunked,", TAIL), [501, 0]],
  ["a parameter", post("Transfer-Encoding: chunked;a=b", TAIL), [501, 0]],
  ["in quotes", post('Transfer-Encoding: "chunked"', TAIL), [501, 0]],
  ["behind a no-break space", post("Transfer-Encoding: \u00a0chunked", TAIL), [501, 0]],
  ["behind a tab", post("Transfer-Encoding:\tchunked", TAIL), [400, P]],
  ["behind a space and a tab", post("Transfer-Encoding: \tchunked", TAIL), [400, P]],
  ["before a tab", post("Transfer-Encoding: chunked\t", TAIL), [400, P]],
  ["behind a vertical tab", post("Transfer-Encoding: \u000bchunked", TAIL), [400, P + 19]],
  ["before a CR", post("Transfer-Encoding: chunked\r", TAIL), [400, P + 26]],
  ["before a space and a colon", post("Transfer-Encoding : chunked", TAIL), [400, P]],
  ["on a folded line", post("Transfer-Encoding:\r\n chunked", TAIL), [400, P + 20]],
  ["on a folded line of another field", post("A: b\r\n Transfer-Encoding: chunked", TAIL), [400, P + 6]],
  ["behind a bare LF in another field", post("A: b\nTransfer-Encoding: chunked", TAIL), [400, P + 4]],
  ["behind a bare CR in another field", post("A: b\rTransfer-Encoding: chunked", TAIL), [400, P + 4]],
  ["with a NUL in its name", post("Transfer\0-Encoding: chunked", TAIL), [400, P + 8]],
  [
    "taken off by Connection",
    post("Connection: close, Transfer-Encoding\r\nTransfer-Encoding: chunked", TAIL),
    [400, 0],
  ],
  ["a length taken off by Connection", post("Connection: content-length\r\nContent-Length: 5", "hello"), [400, 0]],
  ["TE is another field", `${GET}TE: chunked\r\n\r\n`, [""]],
];

const CHUNKS: readonly RequestRow[] = [
  ["chunks", `${CHUNKED}5\r\nhello\r\nA\r\n0123456789\r\n${TAIL}`, ["hello0123456789"]],
  ["zeros before the digits", `${CHUNKED}000000000000000a\r\n0123456789\r\n0000\r\n\r\n`, ["0123456789"]],
  ["extensions", `${CHUNKED}1;a;b=c;d="e;\\"\\\\ \u00e9"\r\nx\r\n0;z\r\n\r\n`, ["x"]],
  ["a request behind the last", `${CHUNKED}${TAIL}GET / HTTP/1.0\r\n\r\n`, ["", ""]],
  ["trailers", `${CHUNKED}0\r\nA: b\r\nB:\r\n\r\n`, [""]],
  ["no size", `${CHUNKED}\r\n`, [400, H]],
  ["a size in letters", `${CHUNKED}g\r\n`, [400, H]],
  ["a negative size", `${CHUNKED}-1\r\n`, [400, H]],
  ["a size with a plus", `${CHUNKED}+1\r\nx\r\n`, [400, H]],
  ["a size with 0x", `${CHUNKED}0x1\r\nx\r\n`, [400, H]],
  ["a size with an underscore", `${CHUNKED}1_0\r\n`, [400, H]],
  ["a space before the size", `${CHUNKED} 1\r\nx\r\n`, [400, H]],
  ["a space behind the size", `${CHUNKED}1 \r\nx\r\n`, [400, H]],
  ["a tab behind the size", `${CHUNKED}1\t\r\nx\r\n`, [400, H]],
  ["a space before an extension", `${CHUNKED}1 ;a\r\nx\r\n`, [400, H]],
  ["a space in an extension", `${CHUNKED}1; a\r\nx\r\n`, [400, H]],
  ["an empty extension", `${CHUNKED}1;\r\nx\r\n`, [400, H]],
  ["an extension with an empty value", `${CHUNKED}1;a=\r\nx\r\n`, [400, H]],
  ["a quoted value left open", `${CHUNKED}1;a="b\r\nx\r\n`, [400, H]],
  ["junk behind the size", `${CHUNKED}1,a\r\nx\r\n`, [400, H]],
  ["a bare LF behind the size", `${CHUNKED}1\nx\r\n`, [400, H + 1]],
  ["a bare LF in an extension (TERM.EXT)", `${CHUNKED}1;\nx\r\n`, [400, H + 2]],
  ["a bare CR in an extension", `${CHUNKED}1;a\rb\r\nx\r\n`, [400, H + 3]],
  ["a bare CR in a quoted value", `${CHUNKED}1;a="\r"\r\nx\r\n`, [400, H + 5]],
  ["a NUL behind the size", `${CHUNKED}1\0\r\nx\r\n`, [400, H + 1]],
  ["a size of 17 digits", `${CHUNKED}00000000000000001\r\nx\r\n`, [400, H]],
  ["a size of 2^64 + 1", `${CHUNKED}10000000000000001\r\nx\r\n`, [400, H]],
  ["a size of 2^53", `${CHUNKED}20000000000000\r\nx\r\n`, [400, H]],
  ["a size of 2^53 - 1", `${CHUNKED}1fffffffffffff\r\nx`, [400, H + 17]],
  ["data longer than its size (EXT.TERM)", `${CHUNKED}1\r\nxy\r\n`, [400, H + 4]],
  ["data followed by a bare LF (TERM.SPILL)", `${CHUNKED}1\r\nx\n`, [400, H + 4]],
  ["data followed by a bare CR", `${CHUNKED}1\r\nx\r0\r\n`, [400, H + 4]],
  ["two other bytes where CR LF is due", `${CHUNKED}1\r\nxAA0\r\n`, [400, H + 4]],
  ["a bare LF behind the last chunk", `${CHUNKED}0\r\n\n`, [400, H + 3]],
  ["a trailer folded", `${CHUNKED}0\r\nA: b\r\n c\r\n\r\n`, [400, H + 9]],
  ["a trailer with a space before its colon", `${CHUNKED}0\r\nA : b\r\n\r\n`, [400, H + 3]],
  ["a trailer that ends in LF", `${CHUNKED}0\r\nA: b\n\r\n`, [400, H + 7]],
  ["a trailer that states a length", `${CHUNKED}0\r\nA: b\r\nContent-length: 5\r\n\r\n`, [400, H + 3]],
  ["a trailer that states a coding", `${CHUNKED}0\r\nTransfer-Encoding: chunked\r\n\r\n`, [400, H + 3]],
  ["a trailer that names a host", `${CHUNKED}0\r\nHost: b\r\n\r\n`, [400, H + 3]],
];

function judgeRequests(bytes: string, pieces: readonly Uint8Array[]): unknown {
  const told = observe(new RequestObserver(), pieces);
  if (told.fault !== undefined) return [told.fault.status, told.fault.offsetBytes];
  return told.passed === bytes ? told.messages.map((message) => message.body) : told.passed;
}

describe.each([
  ["request line", REQUEST_LINES],
  ["fields", FIELDS],
  ["Host", HOSTS],
  ["Content-Length", LENGTHS],
  ["Transfer-Encoding", CODINGS],
  ["chunks", CHUNKS],
])("in requests, %s", (_, rows) => {
  test.each(rows)("%s", (_title, bytes, expected) => {
    expect(judgeRequests(bytes, [bytesOf(bytes)])).toEqual(expected);
    expect(judgeRequests(bytes, byteByByte(bytesOf(bytes)))).toEqual(expected);
  });
});

test("nothing of a refused head goes on, and all that came before it does", () => {
  const first = "GET / HTTP/1.0\r\n\r\n";
  const told = observe(new RequestObserver(), [bytesOf(`${first}${post("Content-Length: 5, 5", "hello")}`)]);
  expect(told.passed).toBe(first);
  expect(told.fault?.offsetBytes).toBe(first.length);
});

test("a fault names what was found in a plain sentence", () => {
  const told = observe(new RequestObserver(), [bytesOf(`${GET}A : b\r\n\r\n`)]);
  expect(told.fault?.message).toBe("White space stands between a field's name and its colon.");
});

type ResponseRow = readonly [title: string, method: string, bytes: string, expected: number | readonly string[]];

const RESPONSES: readonly ResponseRow[] = [
  ["a reason", "GET", "HTTP/1.1 200 OK then \u00e9\r\nContent-Length: 2\r\n\r\nok", ["ok"]],
  ["an empty reason", "GET", "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok", ["ok"]],
  ["no reason and no space", "GET", "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", ["ok"]],
  ["status 999", "GET", "HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n", [""]],
  ["HTTP/1.0", "GET", "HTTP/1.0 200 OK\r\n\r\nuntil the end", ["until the end"]],
  ["no length", "GET", "HTTP/1.1 200 OK\r\n\r\nuntil the end", ["until the end"]],
  ["no length and no body", "GET", "HTTP/1.1 200 OK\r\n\r\n", [""]],
  [
    "chunks and trailers",
    "GET",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nA: b\r\n\r\n",
    ["ok"],
  ],
  ["HEAD with a length", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", [""]],
  ["HEAD with chunks", "HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", [""]],
  ["head in lower case is another method", "head", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", ["ok"]],
  ["304 with a length", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", [""]],
  ["204", "GET", "HTTP/1.1 204 No Content\r\n\r\n", [""]],
  ["204 with a length of 0", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", [""]],
  [
    "100 before the answer",
    "GET",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    ["", "ok"],
  ],
  ["204 with a length", "GET", "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 0],
  ["204 with chunks", "GET", "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0],
  ["103 with a length", "GET", "HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\n\r\n", 0],
  ["an empty line before", "GET", "\r\nHTTP/1.1 200 OK\r\n\r\n", 0],
  ["status 99", "GET", "HTTP/1.1 099 No\r\n\r\n", 0],
  ["a status of two digits", "GET", "HTTP/1.1 20 No\r\n\r\n", 0],
  ["a status of four digits", "GET", "HTTP/1.1 2000 No\r\n\r\n", 0],
  ["two spaces before the status", "GET", "HTTP/1.1  200 OK\r\n\r\n", 0],
  ["a tab behind the status", "GET", "HTTP/1.1 200\tOK\r\n\r\n", 0],
  ["HTTP/2.0", "GET", "HTTP/2.0 200 OK\r\n\r\n", 0],
  ["ICY", "GET", "ICY 200 OK\r\n\r\n", 0],
  ["a bare LF behind the status line", "GET", "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n", 15],
  ["a control character in the reason", "GET", "HTTP/1.1 200 O\u0007K\r\n\r\n", 14],
  ["a folded line", "GET", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", 23],
  ["two lengths", "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok", 0],
  ["a length and chunks", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 0],
  ["a coding nobody knows", "GET", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", 0],
  ["chunks in HTTP/1.0", "GET", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0],
  ["a bad length on a HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n", 0],
  ["101 that nobody asked for", "GET", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 0],
  ["more than was asked for", "GET", "HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", 27],
];

function judgeResponses(method: string, bytes: string, pieces: readonly Uint8Array[]): unknown {
  const observer = new ResponseObserver();
  observer.expect({ method, upgrade: false });
  const told = observe(observer, pieces);
  if (told.fault !== undefined) return told.fault.status === 502 ? told.fault.offsetBytes : told.fault;
  return told.passed === bytes ? told.messages.map((message) => message.body) : told.passed;
}

describe("in responses", () => {
  test.each(RESPONSES)("%s", (_title, method, bytes, expected) => {
    expect(judgeResponses(method, bytes, [bytesOf(bytes)])).toEqual(expected);
    expect(judgeResponses(method, bytes, byteByByte(bytesOf(bytes)))).toEqual(expected);
  });
});
