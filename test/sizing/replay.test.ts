import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DEVICE_MODELS } from "../../src/heartbeat/negotiators/models.ts";
import { PLAIN_ENDINGS } from "../../src/path/condition.ts";
import { deviceCase } from "../../src/sizing/device-case.ts";
import { Ledger } from "../../src/sizing/ledger.ts";
import { Remembered, State } from "../../src/sizing/remembered.ts";
import { replay } from "../../src/sizing/replay.ts";
import type { SizeSettings } from "../../src/sizing/size-result.ts";
import type { Trial } from "../../src/sizing/steps.ts";
import { mailOf, sizePlainly } from "../../src/sizing/sweep.ts";
import type { SliceTally } from "../../src/sizing/tally.ts";
import { DAY_MS, WORKING_HOURS } from "../../src/sizing/workload.ts";
import { HOUR } from "./scenarios.ts";
import { carrierOf, firewallOf, kindOf, sizeSettings } from "./settings.ts";

const ONE_SLICE = { point: 0, repeat: 0, carrier: 0, kind: 0, firstDevice: 1 };

/** The tally of a slice by what is remembered alone; `undefined` when that can't be had. */
function replayed(settings: SizeSettings): SliceTally | undefined {
  const [[carrier], [kind], [seconds]] = [settings.carriers, settings.devices, settings.firewall.idleTimeoutSeconds];
  if (carrier === undefined || kind === undefined || seconds === undefined) throw new Error("expected one of each");
  const of = deviceCase(settings, seconds, carrier, kind);
  const remembered = new Remembered(of);
  const tailsMs = { value: 10_000, low: 6000, high: 12_000 };
  const span = {
    searchEndsAt: settings.days >= 2 ? DAY_MS : -Infinity,
    settledFrom: 0.75 * settings.days * DAY_MS,
    endsAt: settings.days * DAY_MS,
  };
  const ledger = new Ledger({ point: 0, repeat: 0, kind: 0, command: of.model.waitingCommand, tailsMs, ...span });
  for (let device = 1; device <= settings.deviceCount; device += 1) {
    ledger.begin(device);
    if (!replay(remembered, mailOf(settings, 0, device), ledger)) return undefined;
    ledger.end();
  }
  return ledger.tally();
}

function plainly(settings: SizeSettings): SliceTally {
  return sizePlainly(settings, { ...ONE_SLICE, devices: settings.deviceCount });
}

const PATHS = [
  [carrierOf(null), firewallOf(480)],
  [carrierOf(null), firewallOf(3600, "reset")],
  [carrierOf(780), firewallOf(1800)],
  [carrierOf(780), firewallOf(600, "reset")],
  [carrierOf(780, "reset"), firewallOf(1800)],
  [carrierOf(300, "close"), firewallOf(1800)],
  [carrierOf(780, "reset-on-next"), firewallOf(900, "close")],
  [carrierOf(720), firewallOf(720, "reset-on-next")],
] as const;

const BUSY = { deviceCount: 3, days: 2, mail: { perDay: 60, hours: WORKING_HOURS } };

const CASES = DEVICE_MODELS.flatMap(({ name }) =>
  PATHS.map(([carrier, firewall]) => ({
    title: `${name}, carrier ${carrier.idleTimeoutSeconds} s ${carrier.atExpiry}, firewall ${firewall.idleTimeoutSeconds.join()} s ${firewall.atExpiry}`,
    settings: sizeSettings({ devices: [kindOf(name)], carriers: [carrier], firewall, ...BUSY }),
  })),
);

describe("what is remembered comes to the very tally of the machines themselves", () => {
  test.each(CASES)("$title", ({ settings }) => {
    expect(replayed(settings)).toEqual(plainly(settings));
  });

  const seconds = fc.oneof(
    fc.integer({ min: 2, max: 60 }).map((minutes) => minutes * 60),
    fc.integer({ min: 100, max: 3600 }),
  );
  const ending = fc.constantFrom(...PLAIN_ENDINGS);

  test("on any path, with any search, any mail and any server", () => {
    const whole = fc.record({
      carrier: fc.tuple(fc.option(seconds), ending),
      firewall: fc.tuple(seconds, ending),
      kind: fc.record({
        model: fc.constantFrom("windows-mobile", "windows-mobile-6.1", "android-2012", "android-2013", "fixed"),
        minimum: fc.integer({ min: 2, max: 10 }),
        above: fc.integer({ min: 0, max: 10 }),
        more: fc.integer({ min: 0, max: 30 }),
        step: fc.integer({ min: 1, max: 6 }),
      }),
      perDay: fc.constantFrom(0, 5, 40, 400),
      maximumHeartbeatSeconds: fc.constantFrom(900, 3540),
      seed: fc.integer({ min: 0, max: 1_000_000 }),
    });
    fc.assert(
      fc.property(whole, ({ carrier, firewall, kind, perDay, maximumHeartbeatSeconds, seed }) => {
        const [minimumSeconds, initialSeconds] = [kind.minimum * 60, (kind.minimum + kind.above) * 60];
        const maximumSeconds = initialSeconds + kind.more * 60;
        const search = { minimumSeconds, initialSeconds, maximumSeconds, incrementSeconds: kind.step * 60 };
        const settings = sizeSettings({
          carriers: [carrierOf(...carrier)],
          firewall: firewallOf(...firewall),
          devices: [{ model: kind.model, share: 1, ...search }],
          mail: { perDay, hours: WORKING_HOURS },
          server: { minimumHeartbeatSeconds: 60, maximumHeartbeatSeconds },
          days: 1,
          seed,
        });
        const tally = replayed(settings);
        fc.pre(tally !== undefined);
        expect(tally).toEqual(plainly(settings));
      }),
      { numRuns: 25 },
    );
  });
});

describe("what can't be remembered is said", () => {
  test("when a device never comes to wait", () => {
    const server = { minimumHeartbeatSeconds: 300, maximumHeartbeatSeconds: 3540 };
    expect(replayed(sizeSettings({ devices: [kindOf("android-2009")], server }))).toBeUndefined();
  });

  test("when its patience comes to end with the path", () => {
    const search = { minimumSeconds: 180, initialSeconds: 600, maximumSeconds: 840, incrementSeconds: 180 };
    const devices = [kindOf("windows-mobile", search)];
    expect(replayed(sizeSettings({ devices, firewall: firewallOf(845) }))).toBeUndefined();
  });

  test("when a message leads to what can't be known", () => {
    const trial: Trial = {
      mailAt: undefined,
      moments: [],
      dueAt: [HOUR],
      lastsMs: HOUR,
      fingerprint: "a",
      past: { mail: [], worldSteps: 1, at: 0 },
    };
    const next: State = new State(
      (mailAt) => (mailAt.length === 0 ? trial : undefined),
      () => next,
    );
    const tailsMs = { value: 1, low: 1, high: 1 };
    const span = { searchEndsAt: -Infinity, settledFrom: 0, endsAt: 5 * HOUR };
    const ledger = new Ledger({ point: 0, repeat: 0, kind: 0, command: "Ping", tailsMs, ...span });
    expect(replay({ beginning: { trial, next } }, [], ledger)).toBe(true);
    expect(replay({ beginning: { trial, next } }, [2.5 * HOUR], ledger)).toBe(false);
  });
});
