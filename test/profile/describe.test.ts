import { expect, test } from "vitest";
import type { Endings } from "../../src/path/condition.ts";
import type { Hop } from "../../src/path/hop.ts";
import { pathLine } from "../../src/profile/describe.ts";

const profile = (...hops: readonly Hop[]) => ({ name: "a", title: "b", source: "c", hops });
const idle = (idleTimeoutMs: number, atExpiry: Endings) =>
  ({ type: "idle-timeout", idleTimeoutMs, atExpiry, refreshedBy: "either" }) as const;
const drop = { toDevice: "drop", toServer: "drop" } as const;

test("a path is one line from the device to the server", () => {
  const carrier: Hop = { name: "carrier", kind: "nat", conditions: [idle(780_000, drop)] };
  expect(pathLine(profile(carrier))).toBe("device ─ nat carrier 13m drop ─ server");
});

test("a hop named like its kind is named once, and one without conditions is only named", () => {
  expect(pathLine(profile({ name: "firewall", kind: "firewall", conditions: [] }))).toBe("device ─ firewall ─ server");
  expect(pathLine(profile())).toBe("device ─ server");
});

test.each([
  [{ toDevice: { respond: 504 }, toServer: "reset" }, "8m respond:504"],
  [{ toDevice: "drop", toServer: "reset" }, "8m toDevice=drop,toServer=reset"],
  [{ toDevice: { respond: 504 }, toServer: "drop" }, "8m toDevice=respond:504,toServer=drop"],
] as const)("the endings %j read as the command line writes them", (endings, words) => {
  const hop: Hop = { name: "p", kind: "network", conditions: [idle(480_000, endings), idle(60_000, drop)] };
  expect(pathLine(profile(hop))).toBe(`device ─ network p ${words} + 1m drop ─ server`);
});
