import { describe, expect, test } from "vitest";
import { PASS, type Condition, type Endings, type Verdict } from "../../src/path/condition.ts";
import { Path } from "../../src/path/path.ts";
import {
  both,
  dueAt,
  entering,
  hopOf,
  idle,
  idleHop,
  idlePath,
  inWords,
  judging,
  RESPOND,
  told,
  toldBy,
} from "./flows.ts";

const MINUTE = 60_000;

test("a path without hops forwards everything at once and never has a deadline", () => {
  const path = new Path<string>([], { createdAt: 0 });
  const sent = [
    [1, "device", "ask"],
    [2, "server", "answer"],
    [3, "device", "fin"],
    [4, "server", "rst"],
  ] as const;
  expect(toldBy(path, sent, 100)).toEqual([
    [1, "server gets ask"],
    [2, "device gets answer"],
    [3, "server gets fin"],
    [4, "device gets rst"],
  ]);
  expect(path.nextDeadline()).toBeUndefined();
});

test("a flow's time-outs count from its creation", () => {
  const path = new Path(idlePath(idleHop("firewall", idle(1000, both("drop")))), { createdAt: 500 });
  expect(path.nextDeadline()).toBe(1500);
});

test("the effect that tells of the end names hop, condition and endings", () => {
  const path = new Path(idlePath(idleHop("firewall", idle(1000, RESPOND))), { createdAt: 0 });
  expect(path.endedBy).toBeUndefined();
  expect(path.expire(1000)[0]).toEqual({
    kind: "ended",
    hop: "firewall",
    condition: "idle-timeout",
    endings: RESPOND,
  });
  expect(path.endedBy).toBe("firewall");
});

describe("hops act in travel order, the conditions of a hop in listed order", () => {
  const seen: string[] = [];
  const noting = (name: string) =>
    judging((segment) => {
      seen.push(`${name} ${segment.direction}`);
      return { kind: "pass" };
    });
  const hops = [hopOf("near", noting("a"), noting("b")), hopOf("far", noting("c"), noting("d"))];

  test.each([
    ["device", ["a toServer", "b toServer", "c toServer", "d toServer"]],
    ["server", ["c toDevice", "d toDevice", "a toDevice", "b toDevice"]],
  ] as const)("for what the %s sends", (from, expected) => {
    seen.length = 0;
    told(hops, [[0, from, "hello"]], 0);
    expect(seen).toEqual(expected);
  });
});

describe("two time-outs on one path", () => {
  const carrierFirst = idlePath(
    idleHop("carrier", idle(13 * MINUTE, both("drop"))),
    idleHop("firewall", idle(30 * MINUTE, both("reset"))),
  );

  test("the carrier forgets first; the firewall's RST reaches the server, the device's dies at the carrier", () => {
    expect(told(carrierFirst, [], 60 * MINUTE)).toEqual([
      [13 * MINUTE, "ended by carrier"],
      [30 * MINUTE, "carrier swallows rst toDevice"],
      [30 * MINUTE, "server gets rst"],
    ]);
  });

  test("what the device sends then never reaches the firewall, so it does not keep it open", () => {
    expect(told(carrierFirst, [[14 * MINUTE, "device", "ask"]], 60 * MINUTE).slice(1)).toEqual([
      [14 * MINUTE, "carrier swallows ask toServer"],
      [30 * MINUTE, "carrier swallows rst toDevice"],
      [30 * MINUTE, "server gets rst"],
    ]);
  });

  test("the server's late answer crosses the firewall, keeps that open, and dies at the carrier", () => {
    expect(told(carrierFirst, [[14 * MINUTE, "server", "answer"]], 60 * MINUTE).slice(1)).toEqual([
      [14 * MINUTE, "carrier swallows answer toDevice"],
      [44 * MINUTE, "carrier swallows rst toDevice"],
      [44 * MINUTE, "server gets rst"],
    ]);
  });

  test("the far hop forgets first; the near one still speaks to the device", () => {
    const hops = idlePath(
      idleHop("carrier", idle(13 * MINUTE, both("reset"))),
      idleHop("firewall", idle(8 * MINUTE, both("drop"))),
    );
    expect(told(hops, [[9 * MINUTE, "device", "ask"]], 60 * MINUTE)).toEqual([
      [8 * MINUTE, "ended by firewall"],
      [9 * MINUTE, "firewall swallows ask toServer"],
      [22 * MINUTE, "device gets rst"],
      [22 * MINUTE, "firewall swallows rst toServer"],
    ]);
  });

  test("an RST of the first tells the second that the flow is over", () => {
    const hops = idlePath(idleHop("carrier", idle(13, both("reset"))), idleHop("firewall", idle(30, both("close"))));
    expect(told(hops, [], 1000)).toEqual([
      [13, "ended by carrier"],
      [13, "device gets rst"],
      [13, "server gets rst"],
    ]);
  });

  test("a FIN of the first leaves the second waiting for the other FIN", () => {
    const hops = idlePath(idleHop("carrier", idle(13, both("close"))), idleHop("firewall", idle(30, both("reset"))));
    const ends = [
      [13, "ended by carrier"],
      [13, "device gets fin"],
      [13, "server gets fin"],
    ];
    expect(told(hops, [], 1000)).toEqual([...ends, [30, "carrier swallows rst toDevice"], [30, "server gets rst"]]);
    expect(told(hops, [[14, "server", "fin"]], 1000)).toEqual([...ends, [14, "carrier swallows fin toDevice"]]);
  });

  test("a FIN goes to an end once, though two hops close, and data never follows it", () => {
    const hops = idlePath(idleHop("carrier", idle(30, both("close"))), idleHop("firewall", idle(13, both("close"))));
    expect(told(hops, [[14, "device", "fin"]], 1000)).toEqual([
      [13, "ended by firewall"],
      [13, "device gets fin"],
      [13, "server gets fin"],
      [14, "firewall swallows fin toServer"],
    ]);
    expect(told(hops, [[14, "device", "late"]], 1000).slice(3)).toEqual([
      [14, "firewall swallows late toServer"],
      [44, "firewall swallows fin toServer"],
    ]);
  });

  test("an RST still reaches an end that heard a FIN", () => {
    const hops = idlePath(idleHop("carrier", idle(30, both("reset"))), idleHop("firewall", idle(13, both("close"))));
    expect(told(hops, [], 1000).slice(3)).toEqual([
      [30, "device gets rst"],
      [30, "firewall swallows rst toServer"],
    ]);
  });

  test("the RST that answers a late segment crosses the hops on its way back, and ends their timers", () => {
    const hops = idlePath(
      idleHop("carrier", idle(30, both("drop"))),
      idleHop("firewall", idle(13, both("reset-on-next"))),
    );
    expect(told(hops, [[20, "device", "ask"]], 1000).slice(1)).toEqual([
      [20, "firewall swallows ask toServer"],
      [20, "device gets rst"],
    ]);
  });

  test("a FIN of one hop, answered with an RST by another, makes no ping-pong", () => {
    const hops = idlePath(
      idleHop("carrier", idle(30, both("close"))),
      idleHop("firewall", idle(13, both("reset-on-next"))),
    );
    expect(told(hops, [], 1000).slice(1)).toEqual([
      [30, "device gets fin"],
      [30, "firewall swallows fin toServer"],
      [30, "carrier swallows rst toDevice"],
    ]);
  });

  test("an RST of one hop is not answered by another that resets on the next segment", () => {
    const hops = idlePath(
      idleHop("carrier", idle(30, both("reset"))),
      idleHop("firewall", idle(13, both("reset-on-next"))),
    );
    expect(told(hops, [], 1000).slice(1)).toEqual([
      [30, "device gets rst"],
      [30, "firewall swallows rst toServer"],
    ]);
  });

  test("a proxy that ends second still responds, and its answer dies at the carrier that forgot the flow", () => {
    const hops = idlePath(idleHop("carrier", idle(13, both("drop"))), idleHop("proxy", idle(30, RESPOND)));
    expect(told(hops, [[30, "server", "504"]], 1000)).toEqual([
      [13, "ended by carrier"],
      [30, "proxy responds 504"],
      [30, "server gets rst"],
      [30, "carrier swallows 504 toDevice"],
    ]);
  });

  test("a proxy's answer is activity for the hops that it crosses", () => {
    const hops = idlePath(idleHop("carrier", idle(40, both("reset"))), idleHop("proxy", idle(30, RESPOND)));
    expect(told(hops, [[35, "server", "504"]], 1000).slice(3)).toEqual([
      [35, "device gets 504"],
      [75, "device gets rst"],
      [75, "proxy swallows rst toServer"],
    ]);
  });
});

describe("ties at one instant", () => {
  test("go device side first, and only the first is the answer to 'which hop?'", () => {
    const hops = idlePath(
      idleHop("carrier", idle(13, { toDevice: "reset", toServer: "drop" })),
      idleHop("firewall", idle(13, { toDevice: "reset", toServer: "drop" })),
      idleHop("proxy", idle(13, both("reset"))),
    );
    expect(told(hops, [], 1000)).toEqual([
      [13, "ended by carrier"],
      [13, "device gets rst"],
      [13, "carrier swallows rst toDevice"],
      [13, "firewall swallows rst toDevice"],
      [13, "server gets rst"],
    ]);
  });

  test("go to the condition listed first in a hop, and a hop that ended asks the others no more", () => {
    const hops = idlePath(idleHop("firewall", idle(13, both("close")), idle(13, both("reset"))));
    expect(told(hops, [], 1000)).toEqual([
      [13, "ended by firewall"],
      [13, "device gets fin"],
      [13, "server gets fin"],
    ]);
  });

  test("seen late are done in the order in which they were due, the earliest first", () => {
    const hops = idlePath(
      idleHop("carrier", idle(20, { toDevice: "close", toServer: "drop" })),
      idleHop("firewall", idle(10, { toDevice: "drop", toServer: "reset" })),
    );
    const path = new Path<string>(hops, { createdAt: 0 });
    expect(path.expire(500).map(inWords)).toEqual(["ended by firewall", "server gets rst", "device gets fin"]);
  });
});

/** Gives its verdict on data that is called so. */
function fatal(verdict: Verdict): () => Condition {
  return judging((segment) => (segment.kind === "data" && segment.payload === "fatal" ? verdict : PASS));
}

describe("what a condition made up by a test says", () => {
  test("drop is final for its direction and leaves the other alone; it does not end the flow", () => {
    const sent = [
      [1, "device", "before"],
      [2, "device", "fatal"],
      [3, "device", "after"],
      [4, "device", "fin"],
      [5, "server", "answer"],
    ] as const;
    const path = new Path<string>([hopOf("near"), hopOf("loss", fatal({ kind: "drop" }))], { createdAt: 0 });
    expect(toldBy(path, sent, 10)).toEqual([
      [1, "server gets before"],
      [2, "loss swallows fatal toServer"],
      [3, "loss swallows after toServer"],
      [4, "loss swallows fin toServer"],
      [5, "device gets answer"],
    ]);
    expect([path.endedBy, path.carries("toServer"), path.carries("toDevice")]).toEqual([undefined, false, true]);
  });

  test("drop at a deadline is final for both directions", () => {
    const hops = [hopOf("outage", dueAt(5, { kind: "drop" }))];
    const sent = [
      [4, "device", "ask"],
      [5, "device", "again"],
      [6, "server", "answer"],
    ] as const;
    expect(told(hops, sent, 10)).toEqual([
      [4, "server gets ask"],
      [5, "outage swallows again toServer"],
      [6, "outage swallows answer toDevice"],
    ]);
  });

  test.each([
    ["reset", ["device"], ["device gets rst"]],
    ["reset", ["server"], ["server gets rst"]],
    ["reset", ["server", "device"], ["device gets rst", "server gets rst"]],
    ["reset", [], []],
    ["close", ["device"], ["device gets fin"]],
    ["close", ["server"], ["server gets fin"]],
    ["close", ["device", "server"], ["device gets fin", "server gets fin"]],
  ] as const)("%s of the legs %j ends the flow with its segment, or at its deadline", (kind, legs, seen) => {
    const onSegment = [hopOf("firewall", fatal({ kind, legs }))];
    expect(told(onSegment, [[1, "device", "fatal"]], 10)).toEqual(
      ["ended by firewall", ...seen, "firewall swallows fatal toServer"].map((what) => [1, what]),
    );
    const atDeadline = [hopOf("firewall", dueAt(5, { kind, legs }))];
    expect(told(atDeadline, [], 10)).toEqual(["ended by firewall", ...seen].map((what) => [5, what]));
  });

  test("the segment that ends a flow dies, even where the hop's own answer will pass", () => {
    const hops = [hopOf("proxy", fatal({ kind: "end", endings: RESPOND }))];
    const sent = [
      [1, "server", "fatal"],
      [2, "server", "504"],
    ] as const;
    expect(told(hops, sent, 10)).toEqual([
      [1, "ended by proxy"],
      [1, "proxy responds 504"],
      [1, "server gets rst"],
      [1, "proxy swallows fatal toDevice"],
      [2, "device gets 504"],
    ]);
  });

  test("the segment that ends a flow is the next one for an end that is reset on next", () => {
    const hops = [hopOf("firewall", fatal({ kind: "end", endings: both("reset-on-next") }))];
    expect(told(hops, [[1, "device", "fatal"]], 10)).toEqual([
      [1, "ended by firewall"],
      [1, "firewall swallows fatal toServer"],
      [1, "device gets rst"],
    ]);
  });

  test.each([{ kind: "pass" }, { kind: "delay", until: 100 }] as const)(
    "$kind at a deadline changes nothing",
    (verdict) => {
      const path = new Path<string>([hopOf("network", dueAt(5, verdict))], { createdAt: 0 });
      expect(path.expire(5)).toEqual([]);
      expect(path.nextDeadline()).toBeUndefined();
    },
  );

  test("a condition that keeps its deadline when it is due is a bug, and is found out", () => {
    const stuck: Condition = { onSegment: () => PASS, nextDeadline: () => 5, onDeadline: () => PASS };
    const path = new Path([hopOf("broken", () => stuck)], { createdAt: 0 });
    expect(() => path.expire(5)).toThrow("idle-timeout of hop broken kept its deadline 5");
  });
});

function crossing(path: Path<string>): readonly boolean[] {
  return [path.carries("toServer"), path.carries("toDevice")];
}

/** A silent carrier's 5 s in front of a proxy's 1 s. */
function proxied(endings: Endings): Path<string> {
  const hops = idlePath(idleHop("carrier", idle(5000, both("drop"))), idleHop("proxy", idle(1000, endings)));
  return new Path(hops, { createdAt: 0 });
}

describe("whether data can still cross", () => {
  test.each([
    ["drop", both("drop"), [false, false]],
    ["reset", both("reset"), [false, false]],
    ["close", both("close"), [false, false]],
    ["reset-on-next", both("reset-on-next"), [false, false]],
    ["respond", RESPOND, [false, true]],
  ] as const)("is told after %s", (_, endings, expected) => {
    const path = proxied(endings);
    path.expire(999);
    expect(crossing(path)).toEqual([true, true]);
    path.expire(1000);
    expect(crossing(path)).toEqual(expected);
    path.expire(5000);
    expect(crossing(path)).toEqual([false, false]);
  });

  test.each([
    ["device", "fin", [false, true]],
    ["server", "fin", [true, false]],
    ["device", "rst", [false, false]],
    ["server", "rst", [false, false]],
  ] as const)("is told after the %s sent a %s", (from, what, expected) => {
    const path = proxied(both("drop"));
    path.handle(entering(from, what), 1);
    expect(crossing(path)).toEqual(expected);
  });
});

test("a deadline that is taken back before it is met does nothing", () => {
  let deadlines: readonly number[] = [100];
  const wavering = (): Condition => ({
    onSegment: () => PASS,
    nextDeadline: () => {
      const [first] = deadlines;
      deadlines = deadlines.slice(1);
      return first;
    },
    onDeadline: () => ({ kind: "end", endings: both("drop") }),
  });
  expect(new Path([hopOf("hop", wavering)], { createdAt: 0 }).expire(100)).toEqual([]);
});
