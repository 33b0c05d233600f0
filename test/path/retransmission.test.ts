import { expect, test } from "vitest";
import { retransmissions } from "../../src/path/retransmission.ts";

test("each wait is twice the one before, from 200 ms on", () => {
  expect(retransmissions(200).slice(0, 5)).toEqual([200, 600, 1400, 3000, 6200]);
});

test("no wait is longer than 120 s", () => {
  const offsets = retransmissions(200);
  const waits = offsets.map((offset, index) => offset - (offsets[index - 1] ?? 0));
  expect(waits.slice(-6)).toEqual([102_400, 120_000, 120_000, 120_000, 120_000, 120_000]);
  expect(retransmissions(120_000).at(-1)).toBe(15 * 120_000);
});

test("a sender that began with 200 ms gives up 120 s after its fifteenth, after the 924.6 s that Linux names", () => {
  const offsets = retransmissions(200);
  expect([offsets.length, (offsets.at(-1) ?? 0) + 120_000]).toEqual([15, 924_600]);
});
