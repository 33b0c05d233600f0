import { expect, test } from "vitest";
import { endingName } from "../../src/path/condition.ts";
import { farEnd, nearEnd, opposite } from "../../src/path/segment.ts";

test.each([
  ["toServer", "device", "server", "toDevice"],
  ["toDevice", "server", "device", "toServer"],
] as const)("a segment %s comes from the %s and travels to the %s, against %s", (direction, near, far, against) => {
  expect(nearEnd(direction)).toBe(near);
  expect(farEnd(direction)).toBe(far);
  expect(opposite(direction)).toBe(against);
});

test("an ending has one word, whatever its status", () => {
  const names = (["drop", "reset", "close", "reset-on-next", { respond: 504 }] as const).map(endingName);
  expect(names).toEqual(["drop", "reset", "close", "reset-on-next", "respond"]);
});
