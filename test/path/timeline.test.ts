import { expect, test } from "vitest";
import { Timeline } from "../../src/path/timeline.ts";

test("a timeline stands still until it is started, and again once it is stopped", () => {
  const timeline = new Timeline();
  const seen = [timeline.startedAt];
  timeline.start(500);
  seen.push(timeline.startedAt);
  timeline.start(800);
  seen.push(timeline.startedAt);
  timeline.stop();
  seen.push(timeline.startedAt);
  expect(seen).toEqual([undefined, 500, 800, undefined]);
  expect(new Timeline(7).startedAt).toBe(7);
});
