import { expect, test } from "vitest";
import { type Asking, guardOf } from "../../../src/control/toxiproxy/guard.ts";

const CLIENT: Asking = { userAgent: "node", origin: undefined, host: "127.0.0.1:8474", localAddress: "127.0.0.1" };

test.each<readonly [string, Partial<Asking>, string | undefined]>([
  ["127.0.0.1", {}, undefined],
  ["127.0.0.1", { userAgent: undefined }, undefined],
  ["127.0.0.1", { userAgent: "Mozilla/5.0" }, "User agent not allowed"],
  ["0.0.0.0", { userAgent: "Mozilla/5.0" }, "User agent not allowed"],
  ["127.0.0.1", { userAgent: "not Mozilla/5.0" }, undefined],
  ["127.0.0.1", { origin: "null" }, "Origin not allowed"],
  ["127.0.0.1", { host: undefined }, undefined],
  ["127.0.0.1", { host: "localhost" }, undefined],
  ["127.0.0.1", { host: "rebound.example" }, "Host not allowed"],
  ["127.0.0.1", { host: "http://localhost" }, "Host not allowed"],
  ["::1", { host: "[::1]:8474", localAddress: "::1" }, undefined],
  ["::1", { host: "rebound.example", localAddress: "::1" }, "Host not allowed"],
  ["localhost", { host: "rebound.example" }, "Host not allowed"],
  ["::ffff:127.0.0.1", { host: "rebound.example" }, "Host not allowed"],
  ["127.0.0.2", { host: "127.0.0.2:8474", localAddress: "127.0.0.2" }, undefined],
  ["0.0.0.0", { host: "toxiproxy:8474", localAddress: "172.17.0.2" }, undefined],
  ["::", { host: "toxiproxy:8474", localAddress: "172.17.0.2" }, undefined],
])("listening on %s, %j is answered with %s", (host, asking, refusal) => {
  expect(guardOf(host)({ ...CLIENT, ...asking })).toBe(refusal);
});
