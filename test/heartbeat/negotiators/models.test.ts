import { expect, test } from "vitest";
import {
  DEVICE_MODELS,
  deviceModel,
  readSettings,
  type DeviceModel,
} from "../../../src/heartbeat/negotiators/models.ts";
import type { NegotiatorSettings } from "../../../src/heartbeat/negotiators/negotiator.ts";

function model(name: string): DeviceModel {
  const found = deviceModel(name);
  if (found === undefined) throw new Error(`no model ${name}`);
  return found;
}

test("there are the six models of this table, each with a name of its own", () => {
  expect(
    DEVICE_MODELS.map(({ name, waitingCommand, protocolVersion, deviceType, defaults }) => {
      return [name, waitingCommand, protocolVersion, deviceType, defaults.initialSeconds];
    }),
  ).toEqual([
    ["windows-mobile", "Ping", "12.0", "PocketPC", 900],
    ["windows-mobile-6.1", "Sync", "12.1", "PocketPC", 900],
    ["android-2009", "Ping", "12.0", "Android", 295],
    ["android-2012", "Ping", "14.1", "Android", 470],
    ["android-2013", "Ping", "14.1", "Android", 480],
    ["fixed", "Ping", "12.1", "SmartPhone", 900],
  ]);
});

test("Android's constants are those of its source", () => {
  expect(model("android-2012").defaults).toEqual({
    initialSeconds: 470,
    minimumSeconds: 290,
    maximumSeconds: 1010,
    incrementSeconds: 180,
    graceMs: 5000,
  });
  expect(model("android-2013").defaults).toEqual({
    initialSeconds: 480,
    minimumSeconds: 480,
    maximumSeconds: 1680,
    incrementSeconds: 300,
    graceMs: 5000,
  });
  expect(model("android-2009").readLimitMs).toBe(20 * 60_000);
});

test("gives a model that is named by its literal without a doubt", () => {
  expect(deviceModel("fixed").waitingCommand).toBe("Ping");
});

test("knows no other model", () => {
  expect(deviceModel("windows-phone")).toBeUndefined();
});

test.each(DEVICE_MODELS.map((one) => [one.name, one] as const))("%s can be used as it is", (_name, one) => {
  const reading = readSettings(one, {});
  expect(reading).toEqual({ kind: "settings", settings: one.defaults });
  expect(one.create(one.defaults).start()).toMatchObject({
    kind: "first",
    heartbeatIntervalSeconds: one.defaults.initialSeconds,
  });
});

test.each<[string, Partial<NegotiatorSettings>, readonly string[]]>([
  ["windows-mobile", { initialSeconds: 300 }, ["initial: found 300 s, expected minimum, 480 s, at least"]],
  [
    "windows-mobile-6.1",
    { initialSeconds: 901 },
    ["initial: found 901 s, expected whole minutes, because this device's Sync waits in minutes"],
  ],
  [
    "fixed",
    { minimumSeconds: 60, incrementSeconds: 60 },
    [
      "minimum: found 60 s, expected none: fixed takes only initial and grace",
      "increment: found 60 s, expected none: fixed takes only initial and grace",
    ],
  ],
  ["fixed", { initialSeconds: 0 }, ["initial: found 0 s, expected whole seconds from 1 to 86400"]],
  [
    "android-2009",
    { minimumSeconds: 60, maximumSeconds: 900, incrementSeconds: 60, graceMs: 1000 },
    [
      "minimum: found 60 s, expected none: android-2009 takes only initial",
      "maximum: found 900 s, expected none: android-2009 takes only initial",
      "increment: found 60 s, expected none: android-2009 takes only initial",
      "grace: found 1000 ms, expected none: android-2009 takes only initial",
    ],
  ],
  [
    "android-2009",
    { initialSeconds: 1196 },
    ["initial: found 1196 s, expected 1195 s at most, as this device gives up after 20 min"],
  ],
  ["android-2012", { initialSeconds: 289 }, ["initial: found 289 s, expected minimum, 290 s, at least"]],
  [
    "android-2013",
    { maximumSeconds: 479 },
    [
      "minimum: found 480 s, expected maximum, 479 s, at most",
      "initial: found 480 s, expected maximum, 479 s, at most",
    ],
  ],
])("%s refuses settings %o", (name, overrides, faults) => {
  expect(readSettings(model(name), overrides)).toEqual({ kind: "faults", faults });
});

test("a device of 2009 may wait as on Wi-Fi, and up to its own patience", () => {
  for (const initialSeconds of [1, 900, 1195]) {
    expect(readSettings(model("android-2009"), { initialSeconds })).toMatchObject({
      kind: "settings",
      settings: { initialSeconds },
    });
  }
});

test("a fixed device may ask what no other would", () => {
  expect(readSettings(model("fixed"), { initialSeconds: 7, graceMs: 0 })).toMatchObject({
    kind: "settings",
    settings: { initialSeconds: 7, graceMs: 0 },
  });
});
