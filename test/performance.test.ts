import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FIGURES = [
  "requests",
  "memory",
  "cycles",
  "growth",
  "handshakes",
  "bulk",
  "timers",
  "storm",
  "tracked",
  "startup",
  "sizing",
  "logs",
];

test("the page of performance holds the tables of the results that are kept", () => {
  const page = readFileSync("docs/performance.md", "utf8");
  expect([...page.matchAll(/<!-- figure: ([\w-]+) -->/gu)].map((match) => match[1])).toEqual(FIGURES);
  execFileSync(process.execPath, ["bench/tables.js", "--check"], { stdio: "pipe" });
});
