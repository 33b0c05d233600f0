import { expect, test } from "vitest";
import type { Hop, HopKind } from "../../src/path/hop.ts";
import { checkHops } from "../../src/profile/check-hops.ts";

const hop = (name: string, kind: HopKind, responds: boolean): Hop => ({
  name,
  kind,
  conditions: [
    {
      type: "idle-timeout",
      idleTimeoutMs: 60_000,
      refreshedBy: "either",
      atExpiry: { toDevice: responds ? { respond: 504 } : "drop", toServer: "reset" },
    },
  ],
});

test.each([
  ["an empty path", [], []],
  ["a proxy at the end", [hop("a", "nat", false), hop("b", "reverse-proxy", true)], []],
  ["a silent proxy in the middle", [hop("a", "reverse-proxy", false), hop("b", "nat", false)], []],
  ["a proxy in the middle", [hop("a", "reverse-proxy", true), hop("b", "nat", false)], ["/0/conditions/0/atExpiry"]],
  ["a load balancer", [hop("a", "load-balancer", true)], ["/0/conditions/0/atExpiry"]],
  ["a name twice", [hop("a", "nat", false), hop("b", "nat", false), hop("a", "nat", false)], ["/2/name"]],
])("%s has the faults it should have", (_, hops, pointers) => {
  expect(checkHops(hops).map(({ pointer }) => pointer)).toEqual(pointers);
});
