import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../../src/core/random.ts";
import { PASS, type Condition } from "../../../src/path/condition.ts";
import { outage, type OutageSettings } from "../../../src/path/conditions/outage.ts";
import { NO_FACTS } from "../../../src/path/flow-facts.ts";
import { preparePath } from "../../../src/path/path-hop.ts";
import { Path } from "../../../src/path/path.ts";
import { Timeline } from "../../../src/path/timeline.ts";
import { entering, flowAt, inWords } from "../flows.ts";
import { breachOf, courseOf, data, everyKind } from "./lone.ts";

const OUTAGE: OutageSettings = { type: "outage", atMs: 10_000, forMs: 5000, rtoMs: 200 };

function opened(settings: OutageSettings = OUTAGE, timeline = new Timeline(0)): Condition {
  return outage.prepare(settings, { random: new Random(1), timeline })(flowAt(0));
}

describe("an outage from 10 s to 15 s", () => {
  test.each([
    [9999, PASS],
    [10_000, { kind: "delay", until: 16_200 }],
    [12_000, { kind: "delay", until: 15_000 }],
    [14_999, { kind: "delay", until: 15_199 }],
    [15_000, PASS],
  ])("lets a segment of %i through with its first retransmission after it", (now, verdict) => {
    for (const segment of [...everyKind("toServer"), ...everyKind("toDevice")]) {
      expect(opened().onSegment(segment, now)).toEqual(verdict);
    }
    expect([opened().nextDeadline(), opened().onDeadline(now)]).toEqual([undefined, PASS]);
  });

  test("holds what is behind a lost segment until that comes, also when it was sent later, or after the end", () => {
    const sent = [
      [10_000, "device", "first"],
      [14_900, "device", "second"],
      [15_500, "device", "third"],
      [16_300, "device", "fourth"],
    ] as const;
    expect(courseOf(OUTAGE, sent, 20_000).rows).toEqual([
      [16_200, "server gets first"],
      [16_200, "server gets second"],
      [16_200, "server gets third"],
      [16_300, "server gets fourth"],
    ]);
  });

  test("lets what is behind a lost segment come with that one, not with a retransmission of its own", () => {
    const condition = opened();
    condition.onSegment(data("toServer"), 10_000);
    expect(condition.onSegment(data("toServer"), 10_001)).toEqual({ kind: "delay", until: 16_200 });
  });

  test("holds up each direction for itself", () => {
    const condition = opened();
    condition.onSegment(data("toServer"), 10_000);
    expect(condition.onSegment(data("toDevice"), 14_999)).toEqual({ kind: "delay", until: 15_199 });
  });
});

test("a retransmission into a later outage is lost like the first", () => {
  const condition = opened({ type: "outage", atMs: 100, forMs: 50, everyMs: 300, rtoMs: 310 });
  expect(condition.onSegment(data("toServer"), 100)).toEqual({ kind: "delay", until: 2270 });
});

test.each([
  [804_600, { kind: "delay", until: 814_600 }],
  [804_601, { kind: "drop" }],
])("of an outage of %i ms what was sent at its start comes, or is given up", (forMs, verdict) => {
  expect(opened({ ...OUTAGE, forMs }).onSegment(data("toServer"), 10_000)).toEqual(verdict);
});

test("on a timeline that stands still there is none", () => {
  expect(opened(OUTAGE, new Timeline()).onSegment(data("toServer"), 12_000)).toEqual(PASS);
});

test("a timeline that is stopped ends it at once for what waits, another review does not", () => {
  const timeline = new Timeline(0);
  const hops = preparePath([{ name: "tunnel", kind: "network", conditions: [OUTAGE] }], {
    random: new Random(1),
    timeline,
  });
  const path = new Path<string>(hops, { createdAt: 0 });
  path.handle(entering("device", "ask"), 10_000);
  expect(path.handle({ kind: "reviewed", facts: NO_FACTS }, 10_500)).toEqual([]);
  expect(path.expire(10_500)).toEqual([]);
  timeline.stop();
  path.handle({ kind: "reviewed", facts: NO_FACTS }, 11_000);
  expect(path.expire(11_000).map(inWords)).toEqual(["server gets ask"]);
  expect(path.handle(entering("device", "more"), 11_001).map(inWords)).toEqual(["server gets more"]);
});

test("the laws of every condition hold", () => {
  const settings = fc
    .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 500 }))
    .map(
      ([atMs, forMs, restMs]) => ({ type: "outage", atMs, forMs, everyMs: atMs + forMs + restMs, rtoMs: 50 }) as const,
    );
  expect(breachOf(settings, { longestWaitMs: 200, until: 3_000_000, mayDrop: true })).toBeUndefined();
});
