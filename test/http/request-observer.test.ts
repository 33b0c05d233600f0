import { expect, test } from "vitest";
import { RequestObserver } from "../../src/http/request-observer.ts";

test("smoke", () => {
  const o = new RequestObserver();
  const ev = o.push(
    Buffer.from(
      '\r\nPOST /a?b=1 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX:  a b \t\r\n\r\n5;a="b c"\r\nhello\r\n0\r\nT: v\r\n\r\nGET / HTTP/1.1\r\nHost: y\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nabc',
    ),
  );
  console.dir(
    ev.map((e) => ("bytes" in e ? { ...e, bytes: Buffer.from(e.bytes).toString() } : e)),
    { depth: 9 },
  );
  console.log(o.state, o.heldBytes, o.resolveUpgrade(true));
  expect(1).toBe(1);
});
