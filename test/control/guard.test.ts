import { expect, test } from "vitest";
import { refuse } from "../../src/control/guard.ts";
import { allowedHosts } from "../../src/control/host-check.ts";

const HOSTS = allowedHosts([]);

/** The status that a change with these header fields is refused with. */
function statusOf(fields: Readonly<Record<string, string>>): number | undefined {
  const header = (name: string): string | undefined => fields[name];
  return refuse({ method: "POST", httpVersion: "1.0", header, localAddress: "127.0.0.1" }, HOSTS)?.status;
}

test.each([
  [{}, undefined],
  [{ host: "localhost:9443" }, undefined],
  [{ host: "LOCALHOST:9443", origin: "http://localhost:9443" }, undefined],
  [{ host: "[::1]:9443", origin: "http://[::1]:9443" }, undefined],
  [{ host: "localhost", origin: "http://localhost:80" }, undefined],
  [{ host: "localhost:9443", origin: "http://localhost:9444" }, 403],
  [{ host: "localhost:9443", origin: "http://localhost.example:9443" }, 403],
  [{ host: "localhost:9443", origin: "null" }, 403],
  [{ origin: "null" }, 403],
  [{ origin: "http://localhost" }, 403],
  [{ host: "rebound.example:9443", origin: "http://rebound.example:9443" }, 421],
])("a change with %j is answered with %s", (fields, status) => {
  expect(statusOf(fields)).toBe(status);
});
