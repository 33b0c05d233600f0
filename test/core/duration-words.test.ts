import { expect, test } from "vitest";
import { minutes } from "../../src/core/duration-words.ts";

test.each([
  [0, "0 s"],
  [42, "42 s"],
  [59.5, "1 min"],
  [780, "13 min"],
  [905, "15 min 5 s"],
])("%d s are %s", (seconds, words) => {
  expect(minutes(seconds)).toBe(words);
});
