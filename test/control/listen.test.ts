import { createServer } from "node:http";
import { expect, test } from "vitest";
import { addressText, closeNow, listen, listenError } from "../../src/control/listen.ts";
import { StartError } from "../../src/errors.ts";

const ADDRESS = { host: "127.0.0.1", port: 443 };

test.each([
  ["EADDRINUSE", "E_PORT_TAKEN", "another process listens on port 443 already"],
  ["EACCES", "E_PORT_FORBIDDEN", "the right to listen on port 443 is missing"],
  ["EADDRNOTAVAIL", "E_LISTEN_FAILED", "127.0.0.1 is not an address of this machine"],
  ["ENOTFOUND", "E_LISTEN_FAILED", "127.0.0.1 is not the name of any address"],
  ["ERR_SOCKET_BAD_PORT", "E_LISTEN_FAILED", "443 is not a port"],
  ["EMFILE", "E_LISTEN_FAILED", "it can't be listened on (EMFILE)"],
])("tells %s as %s, in a sentence", (systemCode, code, sentence) => {
  const cause = Object.assign(new Error("listen failed"), { code: systemCode });
  const error = listenError(cause, ADDRESS);
  expect(error).toBeInstanceOf(StartError);
  expect(error.code).toBe(code);
  expect(error.message).toMatch(/^Address 127\.0\.0\.1:443: /u);
  expect(error.message).toContain(sentence);
  expect(error.cause).toBe(cause);
});

test.each(["nonsense", new Error("no code")])("tells of a cause that has no code: %s", (cause) => {
  expect(listenError(cause, ADDRESS).message).toContain("(unknown)");
});

test("lets a server live on that could not accept a client", async () => {
  const server = createServer();
  await listen(server, { host: "127.0.0.1", port: 0 });
  server.emit("error", Object.assign(new Error("accept EMFILE"), { code: "EMFILE" }));
  expect(server.listening).toBe(true);
  await closeNow(server);
});

test("writes an IPv6 address in brackets", () => {
  expect([addressText({ host: "::1", port: 1 }), addressText(ADDRESS)]).toEqual(["[::1]:1", "127.0.0.1:443"]);
});
