import { expect, test } from "vitest";
import { readProfileValue } from "../../../src/profile/reader.ts";
import { describeCondition, writeCondition } from "../../../src/profile/conditions/index.ts";

/** What a profile reads of a condition, or its faults. */
function read(condition: object) {
  const hops = [{ name: "hop", kind: "network", conditions: [condition] }];
  const reading = readProfileValue({ name: "a", title: "b", source: "c", hops });
  return reading.kind === "profile" ? reading.profile.hops[0]?.conditions[0] : reading.faults;
}

/** Conditions that cut or withhold, as people write them in the shortest way, and in the few words of tables. */
const WRITTEN = [
  [{ type: "slow-close", delay: "5s" }, "slow-close 5s"],
  [{ type: "slow-close", delay: "5s", direction: "toDevice" }, "slow-close 5s toDevice"],
  [{ type: "slice", size: 64 }, "slice 64B"],
  [
    { type: "slice", size: 64, variation: 16, pause: "10ms", direction: "toServer" },
    "slice 64B ±16B every 10ms toServer",
  ],
  [{ type: "limit-data", bytes: 0, atLimit: "close" }, "limit-data 0B close"],
  [{ type: "limit-data", bytes: 5, direction: "toDevice", atLimit: "reset" }, "limit-data 5B toDevice reset"],
  [{ type: "black-hole", atEnd: "drop" }, "black-hole drop"],
  [{ type: "black-hole", direction: "toDevice", endAfter: "1m", atEnd: "close" }, "black-hole toDevice 1m close"],
  [{ type: "cut-off", ending: "reset" }, "cut-off reset"],
  [{ type: "cut-off", direction: "toServer", after: "2s", ending: "drop" }, "cut-off toServer after 2s drop"],
] as const;

test.each(WRITTEN)("%j is written as it was read, and told as %s", (written, words) => {
  const settings = read(written);
  if (settings === undefined || !("type" in settings)) throw new Error(JSON.stringify(settings));
  expect(writeCondition(settings)).toEqual(written);
  expect(describeCondition(settings)).toBe(words);
});

test.each([
  [{ type: "limit-data", bytes: 5 }, { atLimit: { toDevice: "close", toServer: "close" } }],
  [{ type: "black-hole" }, { atEnd: { toDevice: "drop", toServer: "drop" } }],
  [{ type: "cut-off" }, { ending: { toDevice: "reset", toServer: "reset" } }],
])("%j ends a flow, when nothing is said of it, as %j", (written, endings) => {
  expect(read(written)).toMatchObject({ ...endings, direction: "both" });
});

test.each([
  [{ type: "slice", size: 10, variation: 10 }, "found a variation of 10 bytes, expected less than the size, 10"],
  [{ type: "slice", size: 0 }, "found 0, expected 1 at least"],
  [{ type: "limit-data", bytes: 1.5 }, "found 1.5, expected a whole number"],
  [{ type: "slow-close", delay: "5" }, 'found "5", a number without a unit'],
  [{ type: "cut-off", direction: "either" }, 'found "either", expected both, toServer or toDevice'],
])("%j is refused: %s", (written, message) => {
  expect(read(written)).toMatchObject([{ message: expect.stringContaining(message) }]);
});

test("a pause of less than half a millisecond, which only a program can ask for, is not written", () => {
  const settings = { type: "slice", direction: "both", sizeBytes: 1, variationBytes: 0, pauseMs: 0.2 } as const;
  expect(writeCondition(settings)).toEqual({ type: "slice", size: 1 });
  expect(describeCondition(settings)).toBe("slice 1B");
});
