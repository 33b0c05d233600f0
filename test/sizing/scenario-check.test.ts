import { describe, expect, test } from "vitest";
import { deviceModel } from "../../src/heartbeat/negotiators/models.ts";
import { runVirtually, type Scenario } from "../../src/sizing/scenario.ts";
import { scenarioOf } from "./scenarios.ts";

const { defaults } = deviceModel("windows-mobile");

function run(wrong: Partial<Scenario>): void {
  runVirtually({ ...scenarioOf(), ...wrong }, () => undefined);
}

describe("a scenario that would run for ever, or not at all, is refused", () => {
  test.each<readonly [string, Partial<Scenario>]>([
    [
      "settings: initial: found NaN s, expected whole seconds",
      { settings: { ...defaults, initialSeconds: Number.NaN } },
    ],
    ["settings: grace: found NaN ms, expected whole milliseconds", { settings: { ...defaults, graceMs: Number.NaN } }],
    [
      "settings: initial: found 60 s, expected minimum, 480 s, at least",
      { settings: { ...defaults, initialSeconds: 60 } },
    ],
    ["durationMs: found NaN, expected ms from 0 on", { durationMs: Number.NaN }],
    ["durationMs: found Infinity, expected ms from 0 on", { durationMs: Infinity }],
    ["durationMs: found -1, expected ms from 0 on", { durationMs: -1 }],
    ["mailAt[1]: found NaN, expected ms from 0 on", { mailAt: [0, Number.NaN] }],
    ["mailMeanIntervalMs: found 0, expected 1 ms or more", { mailMeanIntervalMs: 0 }],
    ["mailMeanIntervalMs: found NaN, expected 1 ms or more", { mailMeanIntervalMs: Number.NaN }],
    ["deviceCount: found 1.5, expected a whole number from 0 on", { deviceCount: 1.5 }],
    ["deviceCount: found Infinity, expected a whole number from 0 on", { deviceCount: Infinity }],
    [
      "server: minimumSeconds (900) is above maximumSeconds (600)",
      { server: { minimumSeconds: 900, maximumSeconds: 600 } },
    ],
    ["seed: found -1, expected a whole number from 0 to 4294967295", { seed: -1 }],
    ["seed: found 4294967296, expected a whole number from 0 to 4294967295", { seed: 2 ** 32 }],
  ])("%s", (message, wrong) => {
    expect(() => run(wrong)).toThrow(
      expect.objectContaining({ code: "E_USAGE", message: expect.stringContaining(message) }),
    );
  });

  test("all faults are told at once, those of settings that are missing too", () => {
    const settings: object = {};
    // @ts-expect-error -- every setting must be there
    const wrong: Partial<Scenario> = { settings, durationMs: -1, mailAt: [-1] };
    expect(() => run(wrong)).toThrow(
      [
        ...["initial", "minimum", "maximum", "increment"].map(
          (name) => `settings: ${name}: found undefined s, expected whole seconds from 1 to 86400`,
        ),
        "settings: grace: found undefined ms, expected whole milliseconds from 0 to 600000",
        "durationMs: found -1, expected ms from 0 on",
        "mailAt[0]: found -1, expected ms from 0 on",
      ].join("\n"),
    );
  });

  test("the least of everything can be run", () => {
    expect(() =>
      run({ durationMs: 0, deviceCount: 0, mailAt: [0], mailMeanIntervalMs: 1, seed: 2 ** 32 - 1 }),
    ).not.toThrow();
  });
});
