import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { OPTION_NAMES, strangeVariables, variableOf } from "../../src/cli/variables.ts";
import { say } from "../support/said.ts";

const REFERENCE = readFileSync(new URL("../../docs/cli.md", import.meta.url), "utf8");

/** Every command takes these. */
const COMMON = ["config", "log-level"];

test("the options whose variables are known are those of all commands", () => {
  const options = [...REFERENCE.matchAll(/^\| `--([\w-]+)`/gmu)].map(([, name = ""]) => name);
  expect([...OPTION_NAMES].toSorted()).toEqual([...new Set([...options, ...COMMON])].toSorted());
  expect(strangeVariables(Object.fromEntries(OPTION_NAMES.map((name) => [variableOf(name), "x"])))).toEqual([]);
});

test("a variable that stands for nothing is told, with the nearest that does", async () => {
  const { code, stderr } = await say(["profiles", "show", "direct"], { env: { IDLEWALL_TIMESCALE: "9" } });
  const text = "the variable IDLEWALL_TIMESCALE stands for no option, and is left alone";
  expect([code, stderr]).toEqual([0, `idlewall: ${text}; did you mean IDLEWALL_TIME_SCALE?\n`]);
});

test.each([
  "IDLEWALL_DEBUG",
  "IDLEWALL_CONFIG",
  "IDLEWALL_PORT",
  "IDLEWALL_PORT_443_TCP_ADDR",
  "IDLEWALL_SERVICE_HOST",
  "IDLEWALL_SERVICE_PORT_HTTPS",
  "IDLEWALL_ADMIN_PORT_9443_TCP",
  "NIDLEWALL_X",
])("nothing is said of %s", (name) => {
  expect(strangeVariables({ [name]: "x" })).toEqual([]);
});
