import { describe, expect, test } from "vitest";
import type { Endings } from "../../src/path/condition.ts";
import { preparePath } from "../../src/path/path-hop.ts";
import { Path } from "../../src/path/path.ts";
import { both, delaying, dueAt, entering, hopOf, idle, inWords, judging, RESPOND } from "./flows.ts";

describe("whoever looks at a flow sees", () => {
  test("each condition with its hop, name, type, what is due and what waits", () => {
    const hops = preparePath([
      { name: "carrier", kind: "nat", conditions: [idle(1000, both("drop"))] },
      {
        name: "radio",
        kind: "network",
        conditions: [
          { type: "latency", delayMs: 100, jitterMs: 0, distribution: "fixed", direction: "both", name: "far-away" },
          { type: "stall", direction: "both", afterMs: 0, match: { user: ["kim"] } },
        ],
      },
    ]);
    const path = new Path<string>(hops, { createdAt: 0, http: true });
    path.handle(entering("device", "ask"), 40);
    path.handle(entering("server", "answer"), 50);
    expect(path.inspect(60)).toEqual([
      {
        hop: "carrier",
        name: "carrier/idle-timeout",
        type: "idle-timeout",
        active: true,
        dueInMs: 980,
        waitingBytes: { toServer: 0, toDevice: 0 },
      },
      {
        hop: "radio",
        name: "far-away",
        type: "latency",
        active: true,
        dueInMs: 80,
        waitingBytes: { toServer: 3, toDevice: 6 },
      },
      {
        hop: "radio",
        name: "radio/stall",
        type: "stall",
        active: false,
        dueInMs: undefined,
        waitingBytes: { toServer: 0, toDevice: 0 },
      },
    ]);
  });

  test("nothing due in the past, and nothing that acts in a hop that ended the flow", () => {
    const path = new Path<string>([hopOf("hop", dueAt(100, { kind: "end", endings: both("drop") }))], { createdAt: 0 });
    expect(path.inspect(150)).toMatchObject([{ active: true, dueInMs: 0 }]);
    path.expire(150);
    expect(path.inspect(150)).toEqual([]);
  });

  test("a condition that was taken off only as long as something waits in it", () => {
    const path = new Path<string>([hopOf("hop", delaying(100))], { createdAt: 0 });
    path.handle(entering("device", "ask"), 0);
    path.handle({ kind: "reconfigured", hops: [] }, 10);
    expect(path.inspect(10)).toMatchObject([{ hop: "hop", active: false, dueInMs: 0, waitingBytes: { toServer: 3 } }]);
    path.expire(10);
    expect(path.inspect(10)).toEqual([]);
  });
});

describe("whoever waits for data is told the hop that has it", () => {
  test("of several the one nearest to them", () => {
    const path = new Path<string>([hopOf("near", delaying(100)), hopOf("far", delaying(100))], { createdAt: 0 });
    path.handle(entering("device", "a"), 0);
    path.handle(entering("server", "b"), 0);
    expect([path.holder("toServer"), path.holder("toDevice")]).toEqual(["near", "far"]);
    path.expire(100);
    path.handle(entering("device", "c"), 100);
    path.handle(entering("server", "d"), 100);
    expect([path.holder("toServer"), path.holder("toDevice")]).toEqual(["far", "near"]);
  });

  test("or the one that dropped some, or none", () => {
    const dropping = judging(({ direction }) => (direction === "toServer" ? { kind: "drop" } : { kind: "pass" }));
    const path = new Path<string>([hopOf("hop", dropping)], { createdAt: 0 });
    expect([path.holder("toServer"), path.holder("toDevice")]).toEqual([undefined, undefined]);
    path.handle(entering("device", "a"), 0);
    expect([path.holder("toServer"), path.holder("toDevice")]).toEqual(["hop", undefined]);
  });
});

test("a condition that says nothing of its queue holds 256 KiB before the sender has to wait", () => {
  const path = new Path<string>([hopOf("hop", delaying(100))], { createdAt: 0 });
  path.handle(entering("device", "x".repeat(256 * 1024 - 1)), 0);
  expect(path.full("toServer")).toBe(false);
  path.handle(entering("device", "x"), 0);
  expect([path.full("toServer"), path.full("toDevice")]).toEqual([true, false]);
});

describe("a flow that is ended from outside", () => {
  const ended = (endings: Endings, path = new Path<string>([], { createdAt: 0 })) =>
    path.handle({ kind: "ended", by: "operator", endings }, 10);

  test("ends at a hop of that name, and says whose doing it was", () => {
    expect(ended(both("reset"))).toEqual([
      { kind: "ended", hop: "operator", condition: "operator", endings: both("reset") },
      { kind: "forward", segment: { kind: "rst", direction: "toDevice" } },
      { kind: "forward", segment: { kind: "rst", direction: "toServer" } },
    ]);
    expect(ended(RESPOND).map(inWords)).toEqual(["ended by operator", "operator responds 504", "server gets rst"]);
  });

  test("lets nothing through any more, nor what waited in its hops", () => {
    const path = new Path<string>([hopOf("hop", delaying(100))], { createdAt: 0 });
    path.handle(entering("device", "ask"), 0);
    expect(ended(both("drop"), path).map(inWords)).toEqual(["hop swallows ask toServer", "ended by operator"]);
    expect(path.handle(entering("server", "answer"), 20).map(inWords)).toEqual(["operator swallows answer toDevice"]);
    expect([path.expire(200), path.inspect(200)]).toEqual([[], []]);
    expect([path.endedBy, path.carries("toServer"), path.carries("toDevice")]).toEqual(["operator", false, false]);
  });

  test("names the hop that had ended it before, and may yet be told to end its legs", () => {
    const path = new Path<string>([hopOf("hop", dueAt(5, { kind: "end", endings: both("drop") }))], { createdAt: 0 });
    path.expire(5);
    expect(ended(both("reset"), path).map(inWords)).toEqual(["device gets rst", "server gets rst"]);
    expect(path.endedBy).toBe("hop");
  });
});

describe("at a review a condition may", () => {
  test.each([
    ["let all go that waits", { kind: "release" }, ["server gets ask"]],
    ["do nothing", { kind: "pass" }, []],
    ["end the flow", { kind: "end", endings: both("drop") }, ["ended by hop", "hop swallows ask toServer"]],
  ] as const)("%s", (_, verdict, expected) => {
    const hop = hopOf("hop", () => ({ ...delaying(100)(), review: () => verdict }));
    const path = new Path<string>([hop], { createdAt: 0 });
    path.handle(entering("device", "ask"), 0);
    const effects = [...path.handle({ kind: "reviewed", facts: { requests: 1 } }, 10), ...path.expire(10)];
    expect(effects.map(inWords)).toEqual(expected);
  });

  test("drop both directions, but not what waits", () => {
    const hop = hopOf("hop", () => ({ ...delaying(100)(), review: () => ({ kind: "drop" }) }));
    const path = new Path<string>([hop], { createdAt: 0 });
    path.handle(entering("device", "ask"), 0);
    path.handle({ kind: "reviewed", facts: { requests: 1 } }, 10);
    path.handle(entering("device", "more"), 20);
    expect(path.expire(100).map(inWords)).toEqual(["server gets ask"]);
  });

  test("not act any more once its hop has ended the flow", () => {
    const review = dueAt(5, { kind: "end", endings: both("drop") });
    const hop = hopOf("hop", () => ({ ...review(), review: () => ({ kind: "end", endings: both("reset") }) }));
    const path = new Path<string>([hop], { createdAt: 0 });
    path.expire(5);
    expect(path.handle({ kind: "reviewed", facts: { requests: 1 } }, 10)).toEqual([]);
  });
});

test("a flow that is gone does nothing any more", () => {
  const path = new Path<string>([hopOf("hop", delaying(100))], { createdAt: 0 });
  path.handle(entering("device", "ask"), 0);
  path.close();
  expect([path.nextDeadline(), path.expire(100), path.inspect(100)]).toEqual([undefined, [], []]);
});
