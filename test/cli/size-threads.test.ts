import { expect, test } from "vitest";
import { sizeInThreads } from "../../src/cli/size-threads.ts";
import { sizeRows } from "../../src/sizing/sweep.ts";
import { firewallOf, sizeSettings } from "../sizing/settings.ts";

/** Two slices, for two threads. */
const SETTINGS = sizeSettings({ firewall: { ...firewallOf(600), idleTimeoutSeconds: [600, 1800] } });

function threadOf(code: string): URL {
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}

test("one thread runs all, and tells how far it is from the start on", async () => {
  const shares: number[] = [];
  expect(await sizeInThreads(SETTINGS, 1, (share) => shares.push(share))).toEqual(sizeRows(SETTINGS));
  expect(shares).toEqual([0, 0.5, 1]);
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
