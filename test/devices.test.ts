import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DEVICE_MODELS, deviceModel, type DeviceModel, type ModelName } from "../src/heartbeat/negotiators/models.ts";
import { inWords, type DeviceEnding, type SettingName } from "../src/heartbeat/negotiators/negotiator.ts";
import { table } from "./support/markdown.ts";

const page = readFileSync(new URL("../docs/devices.md", import.meta.url), "utf8");

function patience({ readLimitMs, defaults }: DeviceModel): string {
  if (readLimitMs !== undefined) return `after ${inWords(readLimitMs / 1000)}`;
  return `${inWords(defaults.graceMs / 1000)} after the interval`;
}

test("docs/devices.md tells every model with its values", () => {
  const heading = "model|waits with|protocol|initial|minimum|maximum|increment|gives up";
  const value = ({ defaults, uses }: DeviceModel, name: Exclude<SettingName, "graceMs">) => {
    return uses.includes(name) ? inWords(defaults[name]) : "-";
  };
  expect(table(page, heading)).toEqual(
    DEVICE_MODELS.map((model) => [
      `\`${model.name}\``,
      model.waitingCommand,
      model.protocolVersion,
      value(model, "initialSeconds"),
      value(model, "minimumSeconds"),
      value(model, "maximumSeconds"),
      value(model, "incrementSeconds"),
      patience(model),
    ]),
  );
});

const ENDINGS: readonly (readonly [string, DeviceEnding])[] = [
  ["in an answer, nothing new", { kind: "held" }],
  ["in an RST", { kind: "reset" }],
  ["in silence", { kind: "silence" }],
  ["in a FIN", { kind: "closed" }],
  ["in HTTP 408", { kind: "httpError", httpStatus: 408 }],
  ["in HTTP 504", { kind: "httpError", httpStatus: 504 }],
  ["in HTTP 200 without an answer", { kind: "unreadable" }],
  ["in no connection", { kind: "unreachable" }],
];

/** What a model makes of an end after two raises, one of which is not enough to tell a step back from a new start. */
function lesson(name: ModelName, ending: DeviceEnding): string {
  const model = deviceModel(name);
  const negotiator = model.create(model.defaults);
  const first = negotiator.start().heartbeatIntervalSeconds;
  negotiator.conclude({ kind: "held" }, 1_000_000);
  negotiator.conclude({ kind: "held" }, 1_000_000);
  const { kind, heartbeatIntervalSeconds, askAgain } = negotiator.conclude(ending, 600_000);
  const moves = { first: "", raise: "raises", repeat: "the same", lower: "lowers" };
  const forgets = kind === "lower" && heartbeatIntervalSeconds === first;
  return `${forgets ? "forgets" : moves[kind]}${askAgain === "afterPause" ? ", paused" : ""}`;
}

test("docs/devices.md tells what the end of a request teaches each model", () => {
  const names = ["windows-mobile", "android-2009", "android-2012", "android-2013", "fixed"] as const;
  const heading = ["after a raise ends", ...names.map((name) => `\`${name}\``)].join("|");
  expect(table(page, heading)).toEqual(
    ENDINGS.map(([words, ending]) => [words, ...names.map((name) => lesson(name, ending))]),
  );
});

test("docs/devices.md has a chapter for each model", () => {
  const chapters = [...page.matchAll(/^## (.*)$/gmu)].flatMap(([, title = ""]) => title.split(", "));
  for (const { name } of DEVICE_MODELS) expect(chapters).toContain(name);
});
