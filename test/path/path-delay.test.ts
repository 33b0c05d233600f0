import { describe, expect, test } from "vitest";
import type { Condition } from "../../src/path/condition.ts";
import { idleTimeout } from "../../src/path/conditions/idle-timeout.ts";
import { Path } from "../../src/path/path.ts";
import { SETUP, both, delaying, dueAt, entering, flowAt, hopOf, idle, judging, told, toldBy } from "./flows.ts";

const idleFor = (idleTimeoutMs: number) => () =>
  idleTimeout.prepare(idle(idleTimeoutMs, both("drop")), SETUP)(flowAt(0));

/** Holds each segment back for as many ms as its data says; FIN and RST go on at once. */
const delayingAsSaid = judging((segment, now) =>
  segment.kind === "data" ? { kind: "delay", until: now + Number(segment.payload) } : { kind: "pass" },
);

/** Holds segments back for 50 ms and ends the flow at 50 ms. */
const delayingUntilEnded = (): Condition => {
  const delay = delaying(50)();
  const end = dueAt(50, { kind: "end", endings: both("drop") })();
  return {
    onSegment: (segment, now) => delay.onSegment(segment, now),
    nextDeadline: () => end.nextDeadline(),
    onDeadline: (now) => end.onDeadline(now),
  };
};

describe("a delayed segment", () => {
  test("goes on at its instant, in both directions apart", () => {
    const sent = [
      [0, "device", "ask"],
      [10, "server", "answer"],
      [50, "device", "more"],
    ] as const;
    expect(told([hopOf("radio", delaying(100))], sent, 1000)).toEqual([
      [100, "server gets ask"],
      [110, "device gets answer"],
      [150, "server gets more"],
    ]);
  });

  test("is delayed again by the next condition and the next hop, each from when it gets there", () => {
    const hops = [hopOf("radio", delaying(100), delaying(10)), hopOf("backhaul", delaying(1))];
    expect(told(hops, [[0, "device", "ask"]], 1000)).toEqual([[111, "server gets ask"]]);
    expect(told(hops, [[0, "server", "answer"]], 1000)).toEqual([[111, "device gets answer"]]);
  });

  test("keeps those behind it waiting, also when they could go on at once", () => {
    const sent = [
      [0, "device", "100"],
      [1, "device", "5"],
      [2, "device", "0"],
      [3, "device", "fin"],
      [4, "server", "0"],
    ] as const;
    expect(told([hopOf("radio", delayingAsSaid)], sent, 1000)).toEqual([
      [4, "device gets 0"],
      [100, "server gets 100"],
      [100, "server gets 5"],
      [100, "server gets 0"],
      [100, "server gets fin"],
    ]);
  });

  test("is not overtaken by an RST either", () => {
    const sent = [
      [0, "device", "100"],
      [1, "device", "rst"],
    ] as const;
    expect(told([hopOf("radio", delayingAsSaid)], sent, 1000)).toEqual([
      [100, "server gets 100"],
      [100, "server gets rst"],
    ]);
  });

  test("is overtaken by nothing that comes at the instant at which it goes on", () => {
    const sent = [
      [0, "device", "10"],
      [10, "device", "0"],
    ] as const;
    expect(told([hopOf("radio", delayingAsSaid)], sent, 1000)).toEqual([
      [10, "server gets 10"],
      [10, "server gets 0"],
    ]);
  });

  test("is not delayed by an instant that has passed or is now", () => {
    const path = [
      hopOf(
        "network",
        judging((_, now) => ({ kind: "delay", until: now - 5 })),
        delaying(0),
      ),
    ];
    expect(told(path, [[10, "device", "ask"]], 10)).toEqual([[10, "server gets ask"]]);
  });

  test("may be held for good, and then sets no deadline", () => {
    const path = new Path<string>([hopOf("stall", delaying(Infinity))], { createdAt: 0 });
    expect(toldBy(path, [[0, "device", "ask"]], 1_000_000)).toEqual([]);
    expect([path.nextDeadline(), path.delayedBytes("toServer")]).toEqual([undefined, 3]);
  });

  test("leaves before a drop of its direction that came behind it", () => {
    const dropping = judging((segment, now) =>
      segment.kind === "fin" ? { kind: "drop" } : { kind: "delay", until: now + 100 },
    );
    const sent = [
      [0, "device", "ask"],
      [1, "device", "fin"],
      [2, "device", "late"],
    ] as const;
    expect(told([hopOf("radio", dropping)], sent, 1000)).toEqual([
      [1, "radio swallows fin toServer"],
      [2, "radio swallows late toServer"],
      [100, "server gets ask"],
    ]);
  });
});

test("the bytes that wait are counted by direction; FIN and RST have none", () => {
  const path = new Path<string>([hopOf("radio", delaying(100)), hopOf("backhaul", delaying(50))], { createdAt: 0 });
  const waiting = () => [path.delayedBytes("toServer"), path.delayedBytes("toDevice")];
  expect(waiting()).toEqual([0, 0]);
  path.handle(entering("device", "ask"), 0);
  path.handle(entering("server", "answer"), 0);
  path.handle(entering("device", "more"), 20);
  path.handle(entering("device", "fin"), 20);
  expect(waiting()).toEqual([7, 6]);
  path.expire(50);
  expect(waiting()).toEqual([7, 6]);
  path.expire(150);
  expect(waiting()).toEqual([4, 0]);
  path.expire(170);
  expect(waiting()).toEqual([0, 0]);
});

describe("delay and expiry", () => {
  test("data counts as activity where it has got to, not where it waits", () => {
    const hops = [hopOf("radio", delaying(100)), hopOf("firewall", idleFor(1000))];
    expect(told(hops, [[850, "device", "ask"]], 5000)).toEqual([
      [950, "server gets ask"],
      [1950, "ended by firewall"],
    ]);
  });

  test.each([
    [899, [[999, "server gets ask"]]],
    [
      900,
      [
        [1000, "ended by firewall"],
        [1000, "firewall swallows ask toServer"],
      ],
    ],
    [
      901,
      [
        [1000, "ended by firewall"],
        [1001, "firewall swallows ask toServer"],
      ],
    ],
  ])("data sent at %i ms through a delay of 100 meets a time-out of 1000", (at, expected) => {
    const hops = [hopOf("radio", delaying(100)), hopOf("firewall", idleFor(1000))];
    expect(told(hops, [[at, "device", "ask"]], 1500)).toEqual(expected);
  });

  test("an order of conditions in a hop decides whether waiting counts as silence", () => {
    const sent = [[950, "device", "ask"]] as const;
    expect(told([hopOf("radio", delaying(100), idleFor(1000))], sent, 1100)[0]).toEqual([1000, "ended by radio"]);
    expect(told([hopOf("radio", idleFor(1000), delaying(100))], sent, 1100)).toEqual([[1050, "server gets ask"]]);
  });

  test("what waits in a hop dies when the hop ends the flow, ahead of what the hop sends", () => {
    const ending = dueAt(50, { kind: "end", endings: both("reset") });
    const path = new Path<string>([hopOf("proxy", delaying(60), ending)], { createdAt: 0 });
    const sent = [
      [0, "server", "answer"],
      [1, "device", "ask"],
      [2, "device", "fin"],
    ] as const;
    expect(toldBy(path, sent, 1000)).toEqual([
      [50, "ended by proxy"],
      [50, "proxy swallows ask toServer"],
      [50, "proxy swallows fin toServer"],
      [50, "proxy swallows answer toDevice"],
      [50, "device gets rst"],
      [50, "server gets rst"],
    ]);
    expect([path.delayedBytes("toServer"), path.delayedBytes("toDevice")]).toEqual([0, 0]);
    expect(path.nextDeadline()).toBeUndefined();
  });

  test("what left the hop before it ended still arrives, and the hop's RST behind it", () => {
    const hops = [hopOf("radio", delaying(100)), hopOf("firewall", dueAt(50, { kind: "end", endings: both("reset") }))];
    expect(told(hops, [[0, "server", "answer"]], 1000)).toEqual([
      [50, "ended by firewall"],
      [50, "server gets rst"],
      [100, "device gets answer"],
      [150, "device gets rst"],
    ]);
  });

  test("an end that has sent an RST gets nothing that was still on its way", () => {
    const sent = [
      [0, "server", "answer"],
      [50, "device", "rst"],
    ] as const;
    expect(told([hopOf("radio", delaying(100))], sent, 1000)).toEqual([[150, "server gets rst"]]);
  });

  test("at one instant a condition's deadline goes before what waits with it, then toServer, then toDevice", () => {
    const sent = [
      [0, "server", "answer"],
      [0, "device", "ask"],
    ] as const;
    expect(told([hopOf("radio", delaying(50))], sent, 50)).toEqual([
      [50, "server gets ask"],
      [50, "device gets answer"],
    ]);
    expect(told([hopOf("radio", delayingUntilEnded)], sent, 50)).toEqual([
      [50, "ended by radio"],
      [50, "radio swallows ask toServer"],
      [50, "radio swallows answer toDevice"],
    ]);
  });
});
