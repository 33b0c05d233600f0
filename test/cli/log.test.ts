import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RunningCommand } from "../support/running-command.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), "idlewall-log-"));
  writeFileSync(path.join(directory, "text.yaml"), "logFormat: text\n");
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const SERVE = [
  "serve",
  "--tcp",
  "127.0.0.1:0=127.0.0.1:9",
  "--admin",
  "127.0.0.1:0",
  "--seed",
  "7",
  "--no-target-check",
];

test.each([
  [
    "JSON lines when it does not go to a terminal",
    [],
    /^\{"level":"info","time":"\d{4}-[^"]+Z","seed":7,"msg":"started"\}$/mu,
  ],
  ["text when that is asked", ["--log-format", "text"], /^\[\d\d:\d\d:\d\d\] INFO: started seed=7$/mu],
  ["text when a configuration file asks", ["--config", "text.yaml"], /^\[[\d:]+\] INFO: started seed=7$/mu],
] as const)("the log is %s", async (_title, options, line) => {
  await using command = new RunningCommand([...SERVE, ...options], directory);
  expect(await command.said(line)).toEqual([]);
});

test("the log says no more than its level admits", async () => {
  await using command = new RunningCommand([...SERVE, "--log-level", "warn"], directory);
  await command.said(/metrics: /u);
  command.signal("SIGTERM");
  expect((await command.finished()).stderr).not.toContain("started");
});
