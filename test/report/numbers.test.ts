import { describe, expect, test } from "vitest";
import { bytesWords, delayWords, figure, shareWords, timeOutWords } from "../../src/report/numbers.ts";

describe("a number", () => {
  test.each([
    [0, "0"],
    [0.0009, "<0.001"],
    [0.001, "0.001"],
    [0.12345, "0.123"],
    [12.5, "12.5"],
    [999.4, "999"],
    [1000.4, "1000"],
    [1_234_567.8, "1234568"],
  ])("%d is %s", (value, words) => expect(figure(value)).toBe(words));
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1 kB"],
  [1_500_000, "1.5 MB"],
  [2e9, "2 GB"],
])("%d bytes are %s", (bytes, words) => expect(bytesWords(bytes)).toBe(words));

test.each([
  [0.25, "0.25 s"],
  [59.9, "59.9 s"],
  [60, "1 min"],
  [845, "14 min 5 s"],
])("a delay of %d s is %s", (seconds, words) => expect(delayWords(seconds)).toBe(words));

test.each([
  [42, "42 s"],
  [780, "13 min (780 s)"],
])("a time-out of %d s is %s, as it is typed", (seconds, words) => expect(timeOutWords(seconds)).toBe(words));

test("a share is a percentage", () => expect(shareWords(0.125)).toBe("12.5 %"));
