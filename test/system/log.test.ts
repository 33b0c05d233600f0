import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { COMMAND } from "../cli/idlewall.ts";

const SERVE = `${process.execPath} ${COMMAND} serve --tcp 127.0.0.1:0=127.0.0.1:9 --admin 127.0.0.1:0 --no-target-check`;

const CONTROL_C = "\u0003";

/** Runs `serve` on a terminal of its own, that of util-linux' `script`, until it has started. */
async function onTerminal(options: string): Promise<string> {
  const cwd = mkdtempSync(`${tmpdir()}/idlewall-terminal-`);
  const child = spawn("script", ["-qec", `${SERVE} --seed 7 ${options}`, "/dev/null"], {
    cwd,
    stdio: ["pipe", "pipe", "inherit"],
  });
  let told = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    told += String(text);
    if (told.includes("/metrics") && !child.stdin.writableEnded) child.stdin.end(CONTROL_C);
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  rmSync(cwd, { recursive: true, force: true });
  return told;
}

test("the log is text on a terminal, each line with all its fields", async () => {
  const told = stripVTControlCharacters(await onTerminal(""));
  expect(told).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: started seed=7\r?$/mu);
});

test("the log is JSON on a terminal when that is asked", async () => {
  expect(await onTerminal("--log-format json")).toMatch(/^\{"level":"info",.*"seed":7,"msg":"started"\}\r?$/mu);
});
