import { expect, test } from "vitest";
import { sizeInThreads, worthwhileThreads } from "../../src/cli/size-threads.ts";
import { sizeRows } from "../../src/sizing/sweep.ts";
import { firewallOf, kindOf, sizeSettings } from "../sizing/settings.ts";

/** Two slices, for two threads. */
const SETTINGS = sizeSettings({ firewall: { ...firewallOf(600), idleTimeoutSeconds: [600, 1800] } });

/** Node runs no TypeScript. */
const BUILT = new URL("../../dist/cli/size-worker.js", import.meta.url);

function threadOf(code: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

test("one thread runs all, and tells how far it is from the start on", async () => {
  const shares: number[] = [];
  expect(await sizeInThreads(SETTINGS, 1, (share) => shares.push(share))).toEqual(sizeRows(SETTINGS));
  expect(shares).toEqual([0, 0.5, 1]);
});

test("threads are taken as far as they are worth their start", () => {
  const of = (deviceCount: number, days: number) => worthwhileThreads({ ...SETTINGS, deviceCount, days });
  expect([of(1, 1), of(500, 7), of(14_286, 7), of(100_000, 7)]).toEqual([1, 1, 2, 14]);
});

test("threads that share each kind of slice give the same, in whatever order they come", async () => {
  const many = {
    ...SETTINGS,
    repeats: 3,
    devices: [kindOf("windows-mobile", { share: 0.5 }), kindOf("fixed", { share: 0.5 })],
  };
  const settings = sizeSettings({ ...many, deviceCount: 4, days: 1 });
  for (const threads of [2, 3, 5])
    expect(await sizeInThreads(settings, threads, () => undefined, BUILT)).toEqual(sizeRows(settings));
});

test.each([
  ["throws", 'throw new Error("out of order")', "out of order"],
  ["ends before it has answered", "process.exit(3)", "found a thread of size that ended with 3, expected its figures"],
  [
    "fails at its work",
    'import("node:worker_threads").then(({ parentPort }) => parentPort.on("message", () => { throw new Error("no figures") }))',
    "no figures",
  ],
])("a thread that %s is an error, not a wait without end", async (_, code, message) => {
  await expect(sizeInThreads(SETTINGS, 2, () => undefined, threadOf(code))).rejects.toThrow(message);
});
