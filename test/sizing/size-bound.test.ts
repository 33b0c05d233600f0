import { expect, test } from "vitest";
import { boundOf, limitsOf } from "../../src/sizing/size-bound.ts";
import { rowAt } from "./rows.ts";
import { carrierOf, kindOf, sizeSettings } from "./settings.ts";

test("the limit of a device is the least of carrier, own maximum and server", () => {
  const devices = [kindOf("windows-mobile", { share: 0.25 }), kindOf("android-2013", { share: 0.75 })];
  expect(limitsOf(sizeSettings({ devices }))).toEqual([
    { by: "server-maximum", seconds: 3540, share: 0.25 },
    { by: "device-maximum", seconds: 1680, share: 0.75 },
  ]);
  expect(limitsOf(sizeSettings({ carriers: [carrierOf(780)] }))).toEqual([{ by: "carrier", seconds: 780, share: 1 }]);
  const server = { minimumHeartbeatSeconds: 60, maximumHeartbeatSeconds: 900 };
  expect(limitsOf(sizeSettings({ server }))).toEqual([{ by: "server-maximum", seconds: 900, share: 1 }]);
});

test("a carrier that forgets before the firewall ends the gain", () => {
  expect(boundOf(sizeSettings({ carriers: [carrierOf(780)] }), rowAt(900), 1800)).toBe("carrier");
});

test("so does one that forgets between the firewall's time-out and the next that was tried", () => {
  const settings = sizeSettings({ carriers: [carrierOf(780)] });
  expect([900, 780, 779, undefined].map((next) => boundOf(settings, rowAt(750), next))).toEqual([
    "carrier",
    "carrier",
    "nothing",
    "grid",
  ]);
});

test("a maximum that server and device share is told as the server's", () => {
  expect(boundOf(sizeSettings(), rowAt(3600), undefined)).toBe("server-maximum");
});

test("the kind of limit that most devices have is told", () => {
  const devices = [kindOf("windows-mobile", { share: 0.4 }), kindOf("android-2013", { share: 0.6 })];
  expect(boundOf(sizeSettings({ devices }), rowAt(1800), 2400)).toBe("device-maximum");
});

test("where most would ask for more, the grid ends at its longest time-out, and else nothing is known to", () => {
  expect(boundOf(sizeSettings(), rowAt(1800), undefined)).toBe("grid");
  expect(boundOf(sizeSettings(), rowAt(1800), 2400)).toBe("nothing");
});
