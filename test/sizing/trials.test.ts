import { expect, test } from "vitest";
import { deviceCase } from "../../src/sizing/device-case.ts";
import { NO_PAST, tryStep } from "../../src/sizing/trials.ts";
import { MINUTE } from "./scenarios.ts";
import { carrierOf, firewallOf, kindOf, sizeSettings } from "./settings.ts";

const WINDOWS_MOBILE = deviceCase(
  sizeSettings({ firewall: firewallOf(3600) }),
  3600,
  carrierOf(null),
  kindOf("windows-mobile"),
);

test("a step goes from one held request to the next, counted from its start", () => {
  const first = tryStep(WINDOWS_MOBILE, NO_PAST, []);
  expect(first).toMatchObject({ mailAt: undefined, lastsMs: 0, past: { mail: [], worldSteps: 1, at: 0 } });
  const second = tryStep(WINDOWS_MOBILE, first?.past ?? NO_PAST, []);
  expect(second).toMatchObject({ lastsMs: 15 * MINUTE, past: { at: 15 * MINUTE } });
  const third = tryStep(WINDOWS_MOBILE, second?.past ?? NO_PAST, [MINUTE]);
  expect(third).toMatchObject({ mailAt: MINUTE, lastsMs: MINUTE, past: { mail: [16 * MINUTE], at: 16 * MINUTE } });
  expect(third?.moments).toMatchObject([{ at: MINUTE, heard: 1, asked: [1140] }]);
});

test("a step that ends before a message comes is not one with that message", () => {
  const past = tryStep(WINDOWS_MOBILE, NO_PAST, [])?.past ?? NO_PAST;
  expect(tryStep(WINDOWS_MOBILE, past, [MINUTE, 2 * MINUTE])).toBeUndefined();
});
