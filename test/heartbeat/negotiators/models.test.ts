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

test("there are the three models of this table, each with a name of its own", () => {
  expect(
    DEVICE_MODELS.map(({ name, waitingCommand, protocolVersion }) => [name, waitingCommand, protocolVersion]),
  ).toEqual([
    ["windows-mobile", "Ping", "12.0"],
    ["windows-mobile-6.1", "Sync", "12.1"],
    ["fixed", "Ping", "12.1"],
  ]);
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
  expect(one.create(one.defaults).start()).toMatchObject({ kind: "first", heartbeatIntervalSeconds: 900 });
});

test.each<[string, Partial<NegotiatorSettings>, readonly string[]]>([
  ["windows-mobile", { initialSeconds: 300 }, ["initial (300 s) is below minimum (480 s)"]],
  [
    "windows-mobile-6.1",
    { initialSeconds: 901 },
    ["initial is 901 s; expected whole minutes, because this device's Sync waits in minutes"],
  ],
  [
    "fixed",
    { minimumSeconds: 60, incrementSeconds: 60 },
    ["minimum is unknown to fixed", "increment is unknown to fixed"],
  ],
  ["fixed", { initialSeconds: 0 }, ["initial is 0 s; expected whole seconds from 1 to 86400"]],
])("%s refuses settings %o", (name, overrides, faults) => {
  expect(readSettings(model(name), overrides)).toEqual({ kind: "faults", faults });
});

test("a fixed device may ask what no other would", () => {
  expect(readSettings(model("fixed"), { initialSeconds: 7, graceMs: 0 })).toMatchObject({
    kind: "settings",
    settings: { initialSeconds: 7, graceMs: 0 },
  });
});
