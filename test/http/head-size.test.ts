import { expect, test } from "vitest";
import { headBytes } from "../../src/http/head-size.ts";
import type { HttpEvent, RequestHead, ResponseHead } from "../../src/http/message.ts";
import { RequestObserver } from "../../src/http/request-observer.ts";
import { ResponseObserver } from "../../src/http/response-observer.ts";

function headIn(events: readonly HttpEvent<RequestHead | ResponseHead>[]): RequestHead | ResponseHead {
  const found = events.find((event) => event.kind === "head");
  if (found === undefined) throw new Error("the text has no head");
  return found.head;
}

test.each([
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST /Microsoft-Server-ActiveSync?Cmd=Ping HTTP/1.0\r\nHost: mail.example\r\nContent-Length: 0\r\nX-Empty: \r\n\r\n",
])("a request's head has as many bytes as were sent: %j", (text) => {
  expect(headBytes(headIn(new RequestObserver().push(Buffer.from(text, "latin1"))))).toBe(text.length);
});

test.each([
  "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 503 \r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
])("an answer's head has as many bytes as were sent: %j", (text) => {
  const observer = new ResponseObserver();
  observer.expect({ method: "GET", upgrade: false });
  expect(headBytes(headIn(observer.push(Buffer.from(text, "latin1"))))).toBe(text.length);
});
