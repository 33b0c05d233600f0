import { expect, test } from "vitest";
import { UsageError } from "../../src/errors.ts";
import { deviceCase } from "../../src/sizing/device-case.ts";
import { carrierOf, firewallOf, kindOf, sizeSettings } from "./settings.ts";

const SETTINGS = sizeSettings({ firewall: firewallOf(900, "reset") });

test("a path has the carrier at the device's side and the firewall behind it", () => {
  const { hops } = deviceCase(SETTINGS, 900, carrierOf(780), kindOf("fixed"));
  expect(hops.map(({ name, kind, conditions }) => [name, kind, conditions])).toEqual([
    ["carrier", "nat", [idle(780_000, "drop")]],
    ["firewall", "firewall", [idle(900_000, "reset")]],
  ]);
});

test("a carrier that never forgets is no hop", () => {
  const { hops } = deviceCase(SETTINGS, 900, carrierOf(null), kindOf("fixed"));
  expect(hops.map(({ name }) => name)).toEqual(["firewall"]);
});

test("a device has the settings that were said, and the patience of its model", () => {
  const { model, settings, server } = deviceCase(
    SETTINGS,
    900,
    carrierOf(null),
    kindOf("android-2013", { maximumSeconds: 900 }),
  );
  expect(settings).toEqual({ ...model.defaults, maximumSeconds: 900 });
  expect(server).toBe(SETTINGS.server);
});

test.each([
  [carrierOf(780), { ...kindOf("fixed"), model: "brick" }, "found the device model brick"],
  [carrierOf(780, "explode"), kindOf("fixed"), "found atExpiry explode, expected one of drop"],
])("what there is not is refused", (carrier, device, fault) => {
  const make = () => deviceCase(SETTINGS, 900, carrier, device);
  expect(make).toThrow(UsageError);
  expect(make).toThrow(fault);
});

function idle(idleTimeoutMs: number, ending: string) {
  return {
    type: "idle-timeout",
    idleTimeoutMs,
    atExpiry: { toDevice: ending, toServer: ending },
    refreshedBy: "either",
  };
}
