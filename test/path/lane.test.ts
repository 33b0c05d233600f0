import { expect, test } from "vitest";
import { Lane } from "../../src/path/lane.ts";
import type { Segment } from "../../src/path/segment.ts";

const FIN: Segment<string> = { kind: "fin", direction: "toServer" };

function data(sizeBytes: number): Segment<string> {
  return { kind: "data", direction: "toServer", sizeBytes, payload: "" };
}

test("an empty lane has nothing to release and nothing to take", () => {
  const lane = new Lane<string>();
  expect([lane.busy, lane.bytes, lane.releaseAt, lane.closed]).toEqual([false, 0, Infinity, false]);
  expect(lane.take()).toBeUndefined();
});

test("segments come out as they went in, none due before the one in front of it", () => {
  const lane = new Lane<string>();
  const waiting = [
    [data(10), 100],
    [data(20), 50],
    [FIN, 70],
    [data(30), 120],
  ] as const;
  for (const [segment, until] of waiting) lane.add(segment, until);
  const left = waiting.map(() => [lane.releaseAt, lane.bytes, lane.take()]);
  expect(left).toEqual([
    [100, 60, data(10)],
    [100, 50, data(20)],
    [100, 30, FIN],
    [120, 30, data(30)],
  ]);
  expect([lane.busy, lane.bytes]).toEqual([false, 0]);
});

test("a closed lane still gives what waits in it", () => {
  const lane = new Lane<string>();
  lane.add(data(10), 100);
  lane.close();
  expect([lane.closed, lane.busy, lane.releaseAt]).toEqual([true, true, 100]);
});
