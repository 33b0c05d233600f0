import { describe, expect, test } from "vitest";
import { endingName, isSilent } from "../../src/path/condition.ts";
import { type DataSegment, FIN, farEnd, nearEnd, opposite, splitSegment } from "../../src/path/segment.ts";

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

describe("a split", () => {
  const cut = (text: string, at: number) => [text.slice(0, at), text.slice(at)] as const;
  const segment: DataSegment<string> = { kind: "data", direction: "toServer", sizeBytes: 5, payload: "hello" };

  test.each([1, 2, 4])("after byte %i makes two segments of data", (at) => {
    expect(splitSegment(segment, at, cut)).toEqual([
      { ...segment, sizeBytes: at, payload: "hello".slice(0, at) },
      { ...segment, sizeBytes: 5 - at, payload: "hello".slice(at) },
    ]);
  });

  test.each([0, -1, 5, 6, NaN])("after byte %d is one that only a bug asks for", (at) => {
    expect(() => splitSegment(segment, at, cut)).toThrow(/found a split of 5 bytes at .*: expected one within data/u);
  });

  test("of a FIN is one that only a bug asks for", () => {
    expect(() => splitSegment<string>(FIN.toServer, 1, cut)).toThrow("found a split of fin at 1");
  });
});

test("only a drop, and a reset that waits for the end to send, show nothing by themselves", () => {
  const shown = (["drop", "reset", "close", "reset-on-next", { respond: 504 }] as const).map(isSilent);
  expect(shown).toEqual([true, false, false, true, false]);
});
