import { expect, test } from "vitest";
import { Lane } from "../../src/path/lane.ts";
import type { Segment } from "../../src/path/segment.ts";

const FIN: Segment<string> = { kind: "fin", direction: "toServer" };

function data(sizeBytes: number, payload = ""): Segment<string> {
  return { kind: "data", direction: "toServer", sizeBytes, payload };
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
  const left = waiting.map(() => [lane.releaseAt, lane.bytes, lane.take()?.segment]);
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

test("what waits behind a segment that is still to be judged is taken out and put back with it", () => {
  const lane = new Lane<string>();
  lane.add(data(10), 100);
  expect(lane.undecided).toBe(false);
  lane.add(data(20), 150, false);
  expect(lane.undecided).toBe(true);
  expect(lane.takeAll()).toEqual([
    { segment: data(10), until: 100, judged: true },
    { segment: data(20), until: 150, judged: false },
  ]);
  expect([lane.busy, lane.bytes, lane.undecided]).toEqual([false, 0, false]);
});

test("a long lane gives its segments in order, and its places back, while others come", () => {
  const lane = new Lane<string>();
  for (let at = 0; at < 1000; at += 1) lane.add(data(1, String(at)), at);
  const taken: unknown[] = [];
  for (let at = 1000; at < 3000; at += 1) {
    taken.push(lane.take()?.segment);
    lane.add(data(1, String(at)), at);
    expect([lane.length, lane.bytes, lane.releaseAt]).toEqual([1000, 1000, at - 999]);
  }
  while (lane.busy) taken.push(lane.take()?.segment);
  expect(taken).toEqual(Array.from({ length: 3000 }, (_, at) => data(1, String(at))));
});

test("a lane of 200,000 segments empties in less time than moving them all at each step would take", () => {
  const lane = new Lane<string>();
  for (let at = 0; at < 200_000; at += 1) lane.add(data(1), at);
  const startedAt = performance.now();
  while (lane.busy) lane.take();
  expect(performance.now() - startedAt).toBeLessThan(1000);
});
