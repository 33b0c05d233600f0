import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { listenError } from "../../src/live/listen-error.ts";

/** What a real server says when it can't listen there. */
async function refused(host: string, port: number): Promise<unknown> {
  const server = createServer();
  server.listen({ host, port });
  const [error]: unknown[] = await once(server, "error");
  return error;
}

test("a port that is taken is told as that", async () => {
  const first = createServer().listen(0, "127.0.0.1");
  await once(first, "listening");
  const address = first.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const error = listenError(await refused("127.0.0.1", port), "127.0.0.1", port);
  first.close();
  expect(error).toMatchObject({ code: "E_PORT_TAKEN", name: "StartError" });
  expect(error.message).toContain(`another process listens on 127.0.0.1:${port} already`);
});

test("an address of another machine is told as that", async () => {
  const error = listenError(await refused("192.0.2.1", 8443), "192.0.2.1", 8443);
  expect(error).toMatchObject({ code: "E_LISTEN_FAILED" });
  expect(error.message).toMatch(/^192.0.2.1:8443 is not an address of this machine/u);
});

test.each([
  [{ code: "EACCES" }, undefined, 443, "E_PORT_FORBIDDEN", /:443 is missing.*CAP_NET_BIND_SERVICE.*listen on :8443$/u],
  [{ code: "EACCES" }, "::1", 25, "E_PORT_FORBIDDEN", /\[::1\]:25 is missing.*listen on :8025$/u],
  [{ code: "ENOTFOUND" }, "nowhere.invalid", 443, "E_LISTEN_FAILED", /the host of nowhere.invalid:443 has no address/u],
  [{ code: "EAI_AGAIN" }, "nowhere.invalid", 443, "E_LISTEN_FAILED", /can't be looked up at the moment/u],
  [{ code: "EAFNOSUPPORT" }, "::1", 443, "E_LISTEN_FAILED", /no IPv6/u],
  [{ code: "EMFILE" }, undefined, 1, "E_LISTEN_FAILED", /can't listen on :1 \(no room\)/u],
  [{}, undefined, 1, "E_LISTEN_FAILED", /can't listen on :1 \(no room\)/u],
])("the refusal %j at %s:%d is told in words", (fields, host, port, code, message) => {
  const cause = Object.assign(new Error("no room"), fields);
  const error = listenError(cause, host, port);
  expect(error).toMatchObject({ code, cause });
  expect(error.message).toMatch(message);
});

test("what is thrown and is no error is told all the same", () => {
  expect(listenError("odd", undefined, 1).message).toBe("can't listen on :1 (odd)");
});
