import { expect, test } from "vitest";
import { LARGEST_SEED } from "../../src/core/random.ts";
import { checkSizeSettings } from "../../src/sizing/settings-check.ts";
import type { SizeSettings } from "../../src/sizing/size-result.ts";
import { EVEN_HOURS } from "../../src/sizing/workload.ts";
import { carrierOf, constant, firewallOf, kindOf, sizeSettings } from "./settings.ts";

const { cost } = sizeSettings();

test("settings that can be run pass", () => {
  expect(() => checkSizeSettings(sizeSettings({ seed: LARGEST_SEED }))).not.toThrow();
});

const FAULTS: readonly (readonly [Partial<SizeSettings>, string])[] = [
  [{ carriers: [] }, "carriers: found the shares , expected"],
  [{ carriers: [{ ...carrierOf(780), share: 0.9 }] }, "carriers: found the shares 0.9, expected"],
  [{ devices: [kindOf("fixed", { share: 2 }), kindOf("fixed", { share: -1 })] }, "devices: found the shares 2, -1"],
  [{ carriers: [carrierOf(0)] }, "carriers[0].idleTimeoutSeconds: found 0"],
  [{ carriers: [carrierOf(780, "explode")] }, "carriers[0].atExpiry: found explode, expected one of drop"],
  [{ firewall: { ...firewallOf(0), idleTimeoutSeconds: [] } }, "firewall: found , expected one time-out or more"],
  [{ firewall: firewallOf(NaN) }, "firewall.idleTimeoutSeconds: found NaN"],
  [{ firewall: firewallOf(2_592_001) }, "firewall.idleTimeoutSeconds: found 2592001, expected 1 to 2592000 s"],
  [{ firewall: firewallOf(300, "x") }, "firewall.atExpiry: found x"],
  [{ server: { minimumHeartbeatSeconds: 61, maximumHeartbeatSeconds: 60 } }, "server: found 61 to 60 s"],
  [{ server: { minimumHeartbeatSeconds: 0, maximumHeartbeatSeconds: 60 } }, "server: found 0 to 60 s"],
  [{ server: { minimumHeartbeatSeconds: 60, maximumHeartbeatSeconds: 60.5 } }, "server: found 60 to 60.5 s"],
  [{ devices: [{ ...kindOf("fixed"), model: "brick" }] }, "devices[0].model: found brick"],
  [{ devices: [kindOf("windows-mobile", { minimumSeconds: 0 })] }, "devices[0].minimum: found 0 s"],
  [{ deviceCount: 1.5 }, "deviceCount: found 1.5"],
  [{ days: 0 }, "days: found 0"],
  [{ days: Infinity }, "days: found Infinity"],
  [{ seed: -1 }, "seed: found -1 and 1 repeats"],
  [{ repeats: 0 }, "seed: found 1 and 0 repeats"],
  [{ seed: LARGEST_SEED, repeats: 2 }, `seed: found ${LARGEST_SEED} and 2 repeats`],
  [{ mail: { perDay: -1, hours: EVEN_HOURS } }, "mail.perDay: found -1"],
  [{ mail: { perDay: 86_401, hours: EVEN_HOURS } }, "mail.perDay: found 86401"],
  [{ mail: { perDay: 40, hours: [1] } }, "mail.hours: found 1"],
  [{ cost: { ...cost, tail: constant(10, 11, 12) } }, "cost.tail: found 11, 10, 12"],
  [{ cost: { ...cost, tail: constant(10, 9, Infinity) } }, "cost.tail: found 9, 10, Infinity"],
];

test.each(FAULTS)("a fault is told with its field: %o", (over, fault) => {
  expect(() => checkSizeSettings(sizeSettings(over))).toThrow(fault);
});

test("all faults are told at once", () => {
  expect(() => checkSizeSettings(sizeSettings({ days: 0, deviceCount: 0 }))).toThrow(/deviceCount.*\ndays/u);
});
