import http from "node:http";
import { Duplex } from "node:stream";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { RequestObserver } from "../../src/http/request-observer.ts";
import { MUTATE, REQUESTS } from "./generated.ts";
import { bytesOf, latin1, type Listener, observe } from "./observing.ts";
import type { RequestHead } from "../../src/http/message.ts";

interface ReadRequest {
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly body: string;
}

interface Reading {
  readonly requests: readonly ReadRequest[];
  readonly refused: boolean;
}

/** What Node's own server makes of the bytes, without a socket. */
function readByNode(text: string): Promise<Reading> {
  const requests: ReadRequest[] = [];
  let refused = false;
  const server = http.createServer((request, response) => {
    const pieces: Uint8Array[] = [];
    request.on("data", (piece: Uint8Array) => pieces.push(piece));
    request.on("end", () => {
      requests.push({ method: request.method, target: request.url, body: latin1(Buffer.concat(pieces)) });
      response.end();
    });
  });
  server.on("clientError", (_, socket) => {
    refused = true;
    socket.destroy();
  });
  const connection = new Duplex({
    read: () => undefined,
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
  return new Promise((resolve) => {
    connection.on("close", () => {
      resolve({ requests, refused });
    });
    server.emit("connection", connection);
    connection.push(bytesOf(text));
    connection.push(null);
  });
}

/** What we make of them, with every upgrade refused, as Node's server does that listens to none. */
function readByUs(text: string): Reading {
  const observer = new RequestObserver();
  const afterPush = (listener: Listener<RequestHead>): void => {
    while (observer.state === "upgrade-pending") listener.take(observer.resolveUpgrade(false));
  };
  const told = observe(observer, [bytesOf(text)], { afterPush });
  const requests = told.messages.map(({ head, body }) => ({ method: head.method, target: head.target, body }));
  return { requests, refused: told.fault !== undefined };
}

/**
 * Node reads no more once a request or a version ends the connection. It also drops what came with a request to upgrade
 * when nobody listens for that (seen with 20.20.2).
 */
function mayEndEarly(text: string): boolean {
  return /HTTP\/1\.0|close|upgrade/iu.test(text);
}

const HOST = "Host: a\r\n";

test.each([
  `GET / HTTP/1.1\r\n${HOST}\r\n`,
  `\r\nGET / HTTP/1.1\r\n${HOST}\r\n`,
  `GET / HTTP/1.1\r\n${HOST}\r\n\r\nGET /b HTTP/1.1\r\n${HOST}\r\n`,
  `GET http://b/ HTTP/1.1\r\n${HOST}\r\n`,
  `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
  `GET / HTTP/1.1\r\n${HOST}Content-Length: 19\r\n\r\nGET /b HTTP/1.1\r\n\r\n`,
  `DELETE / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n4\r\nGET \r\n0\r\n\r\nGET /b HTTP/1.1\r\n${HOST}\r\n`,
  `POST / HTTP/1.1\r\n${HOST}Content-Length: 0003\r\n\r\nabcGET /b HTTP/1.1\r\n${HOST}\r\n`,
  `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: CHUNKED\r\n\r\n000A;a="b\\"";c\r\n0123456789\r\n0;d\r\nA: b\r\n\r\nGET / HTTP/1.1\r\n${HOST}\r\n`,
  `POST / HTTP/1.1\r\n${HOST}Transfer_Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n${HOST}\r\n`,
])("Node's server frames %j as we do", async (text) => {
  const ours = readByUs(text);
  expect(ours.refused).toBe(false);
  expect(await readByNode(text)).toEqual(ours);
});

test("Node's server frames what we accept as we do, or refuses it", async () => {
  const texts = REQUESTS.map((requests) => requests.map((request) => request.text).join(""));
  const spoilt = fc.tuple(texts, MUTATE).map(([text, mutate]) => mutate(text));
  await fc.assert(
    fc.asyncProperty(fc.oneof(texts, spoilt, spoilt), async (text) => {
      const ours = readByUs(text);
      fc.pre(!ours.refused);
      const node = await readByNode(text);
      expect(ours.requests.slice(0, node.requests.length)).toEqual(node.requests);
      expect(node.refused || mayEndEarly(text) || node.requests.length === ours.requests.length).toBe(true);
    }),
    { numRuns: 200 },
  );
});
