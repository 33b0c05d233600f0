import { expect, test } from "vitest";
import { sharesFrom } from "../../src/cli/size-shares.ts";

test.each([
  ["a", [["a", 1]]],
  [
    "a, b",
    [
      ["a", 0.5],
      ["b", 0.5],
    ],
  ],
  [
    "a=60%,b=40%",
    [
      ["a", 0.6],
      ["b", 0.4],
    ],
  ],
  [
    "a=3,b=1",
    [
      ["a", 0.75],
      ["b", 0.25],
    ],
  ],
])("%s", (text, shares) => {
  expect(sharesFrom("device", text).map(({ word, share }) => [word, share])).toEqual(shares);
});
