import { expect, test } from "vitest";
import type { RequestHead } from "../../src/http/message.ts";
import { type Backend, checkBackends, routeRequest } from "../../src/live/rewriter-route.ts";
import { parseTarget } from "../../src/live/target.ts";

const TARGET = parseTarget("http://127.0.0.1:81");
const ALL: Backend = { prefix: "/", target: TARGET };
const EAS: Backend = { prefix: "/Microsoft-Server-ActiveSync", target: TARGET };
const OWA: Backend = { prefix: "/owa/", target: TARGET, stripPrefix: true };
const DEEP: Backend = { prefix: "/owa/deep", target: TARGET, stripPrefix: true, addPrefix: "/new/" };
const ADDED: Backend = { prefix: "/added", target: TARGET, addPrefix: "/before" };
const BACKENDS = [OWA, ALL, DEEP, EAS, ADDED];

test.each([
  ["/", ALL, "/"],
  ["/?a", ALL, "/?a"],
  ["/other//x?y?z", ALL, "/other//x?y?z"],
  ["/Microsoft-Server-ActiveSync?Cmd=Ping", EAS, "/Microsoft-Server-ActiveSync?Cmd=Ping"],
  ["/microsoft-server-ACTIVESYNC/default.eas?x", EAS, "/microsoft-server-ACTIVESYNC/default.eas?x"],
  ["/Microsoft-Server-ActiveSyncs", ALL, "/Microsoft-Server-ActiveSyncs"],
  ["/Microsoft-Server-Active%53ync", ALL, "/Microsoft-Server-Active%53ync"],
  ["/owa", OWA, "/"],
  ["/owa?q", OWA, "/?q"],
  ["/OWA/a/b?q", OWA, "/a/b?q"],
  ["/owa/deep", DEEP, "/new"],
  ["/owa/deep/", DEEP, "/new/"],
  ["/owa/deep/x?y", DEEP, "/new/x?y"],
  ["/owa/deeper", OWA, "/deeper"],
  ["/added/x", ADDED, "/before/added/x"],
  ["*", ALL, "*"],
  ["http://other.example:81/owa/x?y", OWA, "/x?y"],
  ["HTTPS://[::1]", ALL, "*"],
  ["http://other.example?q", ALL, "/?q"],
])("%s goes to its backend as what that is to see", (target, backend, rewritten) => {
  expect(routeRequest(headFor(target), BACKENDS)).toMatchObject({ backend, target: rewritten });
});

test("an absolute target without a path is / but for OPTIONS, and its authority overrides Host", () => {
  expect(routeRequest({ ...headFor("http://other.example"), method: "GET" }, BACKENDS)).toMatchObject({
    target: "/",
    deviceHost: "other.example",
  });
  expect(routeRequest(headFor("/"), BACKENDS)).toMatchObject({ deviceHost: "mail" });
  expect(routeRequest({ ...headFor("/"), fields: [] }, BACKENDS)).toMatchObject({ deviceHost: undefined });
});

test.each([
  ["/..", 400],
  ["/a/../b", 400],
  ["/a/./b", 400],
  ["/a/%2e%2E/b", 400],
  ["/a%2f..%5Cb", 400],
  ["/a\\..\\b", 400],
  ["/a/..;x=y/b", 400],
  ["ftp://other.example/", 400],
  ["http://user@other.example/", 400],
])("%s is refused with %i", (target, status) => {
  expect(routeRequest(headFor(target), BACKENDS)).toMatchObject({ status });
});

test.each(["/.well-known/x", "/a/...", "/a/..b", "/?a=/../b", "/a.b"])("%s leads nowhere else and passes", (target) => {
  expect(routeRequest(headFor(target), BACKENDS)).toMatchObject({ target });
});

test.each(["/", "/owaish", "*"])("%s is a 404 where no backend serves it", (target) => {
  expect(routeRequest(headFor(target), [OWA, EAS])).toMatchObject({ status: 404 });
});

test("backends that can't be told apart or whose prefixes are no paths are refused, all at once", () => {
  expect(() => checkBackends(BACKENDS)).not.toThrow();
  expect(() => checkBackends([])).toThrow("expected at least one");
  const faulty: readonly Backend[] = [
    EAS,
    { prefix: "/microsoft-server-activesync/", target: TARGET },
    { prefix: "owa", target: TARGET },
    { prefix: "/a?b", target: TARGET },
    { prefix: "/a/../b", target: TARGET },
    { prefix: "/x", target: TARGET, addPrefix: "y z" },
  ];
  expect(() => checkBackends(faulty)).toThrow(
    expect.objectContaining({
      code: "E_CONFIG_INVALID",
      message: expect.stringMatching(/^(?:found the prefix .*\n?){5}$/u),
    }),
  );
});

function headFor(target: string): RequestHead {
  const fields = [{ name: "Host", value: "mail" }];
  return { method: "OPTIONS", target, minorVersion: 1, fields, framing: { kind: "none" }, upgrade: false };
}
