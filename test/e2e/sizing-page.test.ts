import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { idlewall } from "../cli/idlewall.ts";

const PAGE = readFileSync(new URL("../../docs/sizing.md", import.meta.url), "utf8");

const examples = [...PAGE.matchAll(/^```console size\n\$ idlewall (.*)\n([\s\S]*?)^```$/gmu)].map((match) => ({
  line: match[1] ?? "",
  printed: match[2] ?? "",
}));

test("the page has the seed's case, a path without a carrier, and today's time-out", () => {
  expect(examples.map(({ line }) => line)).toEqual([
    expect.stringContaining("--carrier 13m"),
    expect.not.stringContaining("--carrier"),
    expect.stringContaining("--today 15m"),
  ]);
});

test.each(examples)("idlewall $line prints what the page says", async ({ line, printed }) => {
  expect(await idlewall(line.split(" "))).toEqual({ code: 0, stdout: printed, stderr: "" });
});

test("behind a carrier of 13 minutes nothing above 13 minutes gains anything", async () => {
  expect(examples[0]?.printed).toMatch(/^Set the firewall's idle time-out to 13 min\.\n/u);
  expect(examples[0]?.printed).toContain("Longer time-outs, up to 60 min, improve nothing that matters.");
});

test("for Android alone 15 minutes fail Pings for ever, and 30 do not", () => {
  const failed = (minutes: number): number =>
    Number(new RegExp(`^.{7}${minutes} min .*% +([\\d.]+) `, "mu").exec(examples[2]?.printed ?? "")?.[1]);
  expect(failed(15)).toBeGreaterThan(20);
  expect(failed(30)).toBeLessThan(1);
});
