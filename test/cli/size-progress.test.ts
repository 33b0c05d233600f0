import { expect, test } from "vitest";
import { Progress } from "../../src/cli/size-progress.ts";

function stage(isTTY: boolean) {
  const written: string[] = [];
  const clock = { now: 1000 };
  const line = { isTTY, write: (text: string) => written.push(text) };
  return { written, clock, progress: new Progress(line, () => clock.now) };
}

const CLEARED = "\r\u001B[K";

test("a terminal is shown a bar, the share and how long it may still take", () => {
  const { written, clock, progress } = stage(true);
  progress.show(0);
  clock.now += 30_000;
  progress.show(0.25);
  clock.now += 60_500;
  progress.show(0.75);
  progress.show(1);
  expect(written).toEqual([
    `${CLEARED}[------------------------] 0 %`,
    `${CLEARED}[######------------------] 25 %, about 1m30s left`,
    `${CLEARED}[##################------] 75 %, about 31s left`,
    `${CLEARED}[########################] 100 %`,
  ]);
});

test("the same line is not written twice, and is taken away once", () => {
  const { written, progress } = stage(true);
  progress.show(0);
  progress.show(0);
  progress.clear();
  progress.clear();
  expect(written).toEqual([`${CLEARED}[------------------------] 0 %`, CLEARED]);
});

test("where nobody looks nothing is written", () => {
  const { written, progress } = stage(false);
  progress.show(0.5);
  progress.clear();
  expect(written).toEqual([]);
});
