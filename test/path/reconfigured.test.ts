import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import type { Millis } from "../../src/core/machine.ts";
import { PASS, type Condition } from "../../src/path/condition.ts";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import type { Hop } from "../../src/path/hop.ts";
import { type PathHop, preparePath } from "../../src/path/path-hop.ts";
import { Path } from "../../src/path/path.ts";
import { Timeline } from "../../src/path/timeline.ts";
import { both, delaying, entering, hopOf, idle, inWords, judging } from "./flows.ts";

/** A path that is changed on its way; what comes of it is told with its instants. */
class Changing {
  readonly path: Path<string>;
  readonly rows: (readonly [at: Millis, what: string])[] = [];

  constructor(hops: readonly PathHop[]) {
    const cut = (payload: string, at: number) => [payload.slice(0, at), payload.slice(at)] as const;
    this.path = new Path<string>(hops, { createdAt: 0 }, cut);
  }

  sends(at: Millis, from: "device" | "server", what: string): this {
    this.until(at);
    return this.#take(at, this.path.handle(entering(from, what), at));
  }

  becomes(at: Millis, hops: readonly PathHop[]): this {
    this.until(at);
    return this.#take(at, this.path.handle({ kind: "reconfigured", hops }, at)).until(at);
  }

  until(end: Millis): this {
    for (let at = this.path.nextDeadline(); at !== undefined && at <= end; at = this.path.nextDeadline()) {
      this.#take(at, this.path.expire(at));
    }
    return this;
  }

  #take(at: Millis, effects: ReturnType<Path<string>["handle"]>): this {
    for (const effect of effects) this.rows.push([at, inWords(effect)]);
    return this;
  }
}

/** Both ways through hops that hold for so long, with their names. */
function holding(...hops: readonly (readonly [name: string, ...delaysMs: number[]])[]): readonly PathHop[] {
  return hops.map(([name, ...delaysMs]) => hopOf(name, ...delaysMs.map((delayMs) => delaying(delayMs))));
}

test("what a slice has still to cut goes on in one when it is taken off", () => {
  const slice: ConditionSettings = { type: "slice", direction: "both", sizeBytes: 1, variationBytes: 0, pauseMs: 10 };
  const hop: Hop = { name: "line", kind: "network", conditions: [slice] };
  const path = new Changing(preparePath([hop], { random: new Random(1), timeline: new Timeline(0) }));
  path.sends(0, "server", "abcdef").sends(5, "server", "gh");
  expect(path.becomes(15, []).rows).toEqual([
    [0, "device gets a"],
    [10, "device gets b"],
    [15, "device gets cdef"],
    [15, "device gets gh"],
  ]);
});

test("what waits behind a slice dies with the flow that the slice's next piece ends", () => {
  const slice: ConditionSettings = { type: "slice", direction: "both", sizeBytes: 2, variationBytes: 0, pauseMs: 10 };
  const limit: ConditionSettings = { type: "limit-data", direction: "toDevice", limitBytes: 3, atLimit: both("drop") };
  const hop: Hop = { name: "line", kind: "network", conditions: [slice, limit] };
  const path = new Changing(preparePath([hop], { random: new Random(1), timeline: new Timeline(0) }));
  expect(path.sends(0, "server", "abcdef").sends(5, "server", "gh").until(50).rows).toEqual([
    [0, "device gets ab"],
    [10, "device gets c"],
    [10, "ended by line"],
    [10, "line swallows d toDevice"],
    [10, "line swallows ef toDevice"],
    [10, "line swallows gh toDevice"],
  ]);
});

describe("preparing a changed path", () => {
  const conditions: readonly ConditionSettings[] = [
    { ...idle(1000, both("drop")), name: "named" },
    { type: "lifetime", ageMs: 1000, atExpiry: both("drop") },
    { type: "lifetime", ageMs: 2000, atExpiry: both("drop") },
  ];
  const hop: Hop = { name: "firewall", kind: "firewall", conditions };
  const setup = { random: new Random(1), timeline: new Timeline(0) };
  const before = preparePath([hop], setup);

  test("takes over each condition that is the same", () => {
    const after = preparePath([{ ...hop, conditions: conditions.map((each) => ({ ...each })) }], setup, before);
    expect(after[0]?.conditions).toEqual(before[0]?.conditions);
    for (const [index, each] of (after[0]?.conditions ?? []).entries()) expect(each).toBe(before[0]?.conditions[index]);
  });

  test("makes anew what has other settings, another name or another hop", () => {
    const [first, second] = conditions;
    const changed = preparePath(
      [
        { ...hop, conditions: [{ ...idle(2000, both("drop")), name: "named" }] },
        { ...hop, name: "carrier", conditions: second === undefined ? [] : [second] },
        { ...hop, name: "proxy", conditions: first === undefined ? [] : [first] },
      ],
      setup,
      before,
    );
    const known = new Set(before.flatMap((each) => each.conditions));
    expect(changed.flatMap((each) => each.conditions).filter((each) => known.has(each))).toEqual([]);
  });

  test("takes over what is the same but for its number and the order of its keys", () => {
    const after = preparePath(
      [{ ...hop, conditions: [{ ageMs: 2000, atExpiry: both("drop"), type: "lifetime" }] }],
      setup,
      before,
    );
    expect(after[0]?.conditions.map(({ id }) => id)).toEqual(["firewall/lifetime"]);
    expect(after[0]?.conditions[0]?.origin).toBe(before[0]?.conditions[2]?.origin);
  });

  test("of two that are alike takes over each once, the very same one where it is still there", () => {
    const [, , second] = conditions;
    if (second === undefined) throw new Error("expected three conditions");
    const alike = preparePath([{ ...hop, conditions: [second, { ...second }] }], setup, before);
    const [first, other] = alike[0]?.conditions ?? [];
    expect(first?.origin).toBe(before[0]?.conditions[2]?.origin);
    expect(other?.origin).not.toBe(first?.origin);
    const swapped = preparePath([{ ...hop, conditions: [{ ...second }, second] }], setup, alike);
    expect(swapped[0]?.conditions.map(({ origin }) => origin)).toEqual([other?.origin, first?.origin]);
  });

  test("gives what comes chances of its own, if the one that its id once meant is still there under another", () => {
    const jittery: ConditionSettings = {
      type: "latency",
      delayMs: 500,
      jitterMs: 400,
      distribution: "uniform",
      direction: "both",
    };
    const two = preparePath([{ ...hop, conditions: [jittery, { ...jittery, delayMs: 600 }] }], setup);
    const one = preparePath([{ ...hop, conditions: [{ ...jittery, delayMs: 600 }] }], setup, two);
    const again = preparePath(
      [
        {
          ...hop,
          conditions: [
            { ...jittery, delayMs: 600 },
            { ...jittery, delayMs: 700 },
          ],
        },
      ],
      setup,
      one,
    );
    const delays = again[0]?.conditions.map((condition) => {
      const verdict = condition.open({ createdAt: 0 }).onSegment(entering("device", "ask").segment, 0);
      return verdict.kind === "delay" ? verdict.until : undefined;
    });
    expect(delays?.[0]).toBeGreaterThan(0);
    expect(delays?.[1]).not.toBe((delays?.[0] ?? 0) + 100);
  });

  test("names what has no name by its hop, its type and its number", () => {
    expect(before[0]?.conditions.map(({ id }) => id)).toEqual(["named", "firewall/lifetime", "firewall/lifetime-2"]);
  });
});

describe("a condition", () => {
  test("that stays keeps its state and what waits in it", () => {
    const [radio] = holding(["radio", 100]);
    const hops = radio === undefined ? [] : [radio];
    const flow = new Changing(hops).sends(0, "device", "ask").becomes(50, [hopOf("new"), ...hops, hopOf("newer")]);
    expect(flow.until(1000).rows).toEqual([[100, "server gets ask"]]);
  });

  const firewall = (...conditions: readonly ConditionSettings[]): readonly Hop[] => [
    { name: "firewall", kind: "firewall", conditions },
  ];

  test("that stays keeps its timer when the first of two of its type goes, and has its id from then on", () => {
    const before = preparePath(firewall(idle(5000, both("drop")), idle(1000, both("drop"))));
    const flow = new Changing(before).until(700);
    flow.becomes(700, preparePath(firewall(idle(1000, both("drop"))), undefined, before));
    expect(flow.path.inspect(700)).toMatchObject([{ name: "firewall/idle-timeout", dueInMs: 300 }]);
    expect(flow.until(1000).rows).toEqual([[1000, "ended by firewall"]]);
  });

  test("that is narrowed in another way begins anew, and the one beside it does not", () => {
    const stall = { type: "stall", direction: "both", afterMs: 0 } as const;
    const stays = idle(1000, both("drop"));
    const before = preparePath(firewall(stays, { ...stall, during: { untilMs: 500 } }));
    const flow = new Changing(before).sends(0, "device", "one");
    const after = preparePath(firewall(stays, { ...stall, during: { fromMs: 300, untilMs: 400 } }), undefined, before);
    expect(flow.becomes(200, after).path.inspect(200)).toMatchObject([{ dueInMs: 800 }, { active: false }]);
    flow.sends(250, "device", "two").sends(350, "device", "three").until(1000);
    expect(flow.rows).toEqual([
      [200, "server gets one"],
      [250, "server gets two"],
      [400, "server gets three"],
    ]);
  });

  test("that comes begins at the change", () => {
    const hops = preparePath([{ name: "firewall", kind: "firewall", conditions: [idle(1000, both("drop"))] }]);
    const flow = new Changing([]).becomes(700, hops);
    expect(flow.path.nextDeadline()).toBe(1700);
  });

  test("that goes lets what waits in it go on at once, in its order", () => {
    const flow = new Changing(holding(["radio", 100])).sends(0, "device", "one").sends(5, "device", "two");
    flow.sends(6, "server", "answer").becomes(10, []).sends(10, "device", "three");
    expect(flow.rows).toEqual([
      [10, "server gets one"],
      [10, "server gets two"],
      [10, "device gets answer"],
      [10, "server gets three"],
    ]);
  });

  test.each([
    ["alone", [], []],
    ["behind one that goes", ["first"], []],
    ["between others that stay", ["stays"], ["stays"]],
  ])("that changes, %s, lets what waits in it go on past the new one, both ways", (_, names, stayingNames) => {
    const others = holding(...names.map((name) => [name, 1] as const));
    const staying = others.filter(({ name }) => stayingNames.includes(name));
    const flow = new Changing([...others, ...holding(["radio", 100])]);
    flow
      .sends(0, "device", "one")
      .sends(1, "server", "two")
      .becomes(50, [...staying, ...holding(["radio", 1000])]);
    flow.sends(60, "device", "three").sends(60, "server", "four").until(5000);
    const rows = flow.rows.map(([at, what]) => `${at > 999 ? "late" : "at once"}: ${what}`);
    expect(rows.toSorted()).toEqual([
      "at once: device gets two",
      "at once: server gets one",
      "late: device gets four",
      "late: server gets three",
    ]);
  });

  test("that goes leaves a direction closed that it dropped a segment of", () => {
    const dropping = hopOf(
      "radio",
      judging(({ direction }) => (direction === "toServer" ? { kind: "drop" } : { kind: "pass" })),
    );
    const flow = new Changing([dropping]).sends(0, "device", "ask").becomes(10, []).sends(20, "device", "more");
    flow.becomes(25, []).sends(30, "server", "answer").sends(40, "device", "fin");
    expect(flow.rows).toEqual([
      [0, "radio swallows ask toServer"],
      [20, "radio swallows more toServer"],
      [30, "device gets answer"],
      [40, "radio swallows fin toServer"],
    ]);
    expect([flow.path.carries("toServer"), flow.path.carries("toDevice")]).toEqual([false, true]);
  });

  test("that goes is told once, whether the flow is then closed or not", () => {
    let told = 0;
    const telling = (): Condition => ({ ...judging(() => PASS)(), forget: () => (told += 1) });
    const flow = new Changing([hopOf("hop", telling)]).becomes(10, []);
    flow.path.close();
    expect(told).toBe(1);
    const other = new Changing([hopOf("hop", telling)]);
    other.path.close();
    other.path.close();
    expect(told).toBe(2);
  });

  test("that comes to a flow whose requests are known judges by them at once", () => {
    const hops = preparePath([
      {
        name: "hop",
        kind: "network",
        conditions: [{ type: "stall", direction: "both", afterMs: 0, match: { command: ["Ping"] } }],
      },
    ]);
    const flow = new Changing([]);
    flow.path.handle({ kind: "reviewed", facts: { command: "Ping", requests: 3 } }, 5);
    expect(flow.becomes(10, hops).path.inspect(10)).toMatchObject([{ active: true }]);
  });
});

describe("bytes keep their order", () => {
  test("toward the device too, when a condition on its side goes and one on the server's stays", () => {
    const [near, far] = holding(["near", 100], ["far", 10]);
    if (near === undefined || far === undefined) throw new Error("expected two hops");
    const flow = new Changing([near, far]).sends(0, "server", "one").sends(11, "server", "two");
    flow.becomes(15, [far]).sends(15, "server", "three").until(1000);
    expect(flow.rows.map(([, what]) => what)).toEqual(["device gets one", "device gets two", "device gets three"]);
  });

  test("when hops change their places", () => {
    const [near, far] = holding(["near", 100], ["far", 10]);
    if (near === undefined || far === undefined) throw new Error("expected two hops");
    const flow = new Changing([near, far])
      .sends(0, "server", "one")
      .sends(0, "device", "ask")
      .sends(11, "server", "two");
    flow.becomes(15, [far, near]).sends(15, "server", "three").sends(16, "device", "more").until(1000);
    expect(flow.rows.filter(([, what]) => what.startsWith("device")).map(([, what]) => what)).toEqual([
      "device gets one",
      "device gets two",
      "device gets three",
    ]);
    expect(flow.rows.filter(([, what]) => what.startsWith("server")).map(([, what]) => what)).toEqual([
      "server gets ask",
      "server gets more",
    ]);
  });
});

test("a flow that a hop has ended stays ended, whatever its path becomes", () => {
  const hops = preparePath([{ name: "firewall", kind: "firewall", conditions: [idle(100, both("drop"))] }]);
  const flow = new Changing(hops).until(100).becomes(200, []).sends(300, "device", "ask");
  expect(flow.rows).toEqual([
    [100, "ended by firewall"],
    [300, "firewall swallows ask toServer"],
  ]);
});

const POOL: readonly ConditionSettings[] = [
  { type: "latency", delayMs: 100, jitterMs: 90, distribution: "uniform", direction: "both" },
  { type: "latency", delayMs: 30, jitterMs: 0, distribution: "fixed", direction: "toDevice" },
  { type: "bandwidth", bytesPerSecond: 2000, direction: "both", queueBytes: 1024 },
  { type: "stall", direction: "both", afterMs: 0, forMs: 70 },
  { type: "stall", direction: "toServer", afterMs: 50 },
  { type: "outage", atMs: 200, forMs: 100, everyMs: 400, rtoMs: 20 },
  { type: "slow-accept", delayMs: 60 },
  { type: "stall", direction: "both", afterMs: 0, during: { fromMs: 100, untilMs: 150, everyMs: 200 } },
];

test("a path that is changed at any instants, in any way, never loses, doubles or reorders a byte", () => {
  const conditions = fc.subarray([...POOL.keys()]).chain((picked) => fc.shuffledSubarray(picked));
  const hops = fc.uniqueArray(fc.record({ name: fc.constantFrom("a", "b", "c"), conditions }), {
    selector: ({ name }) => name,
  });
  const step = fc.oneof(
    fc.record({ waitMs: fc.nat(80), from: fc.constantFrom("device" as const, "server" as const), size: fc.nat(300) }),
    fc.record({ waitMs: fc.nat(80), hops }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.nat(), (steps, seed) => {
      const setup = { random: new Random(seed), timeline: new Timeline(0) };
      let prepared = preparePath([], setup);
      const flow = new Changing(prepared);
      const sent = { device: "", server: "" };
      let at = 0;
      for (const each of steps) {
        at += each.waitMs;
        if ("hops" in each) {
          const wanted = each.hops.map(({ name, conditions: indexes }): Hop => ({
            name,
            kind: "network",
            conditions: indexes.flatMap((index) => POOL[index] ?? []),
          }));
          prepared = preparePath(wanted, setup, prepared);
          flow.becomes(at, prepared);
        } else {
          const data = Array.from({ length: each.size + 1 }, (_, index) => DIGITS[(at + index) % 10]).join("");
          sent[each.from] += data;
          flow.sends(at, each.from, data);
        }
      }
      flow.becomes(at + 1, []).until(1_000_000);
      expect([gotBy("server", flow), gotBy("device", flow)]).toEqual([sent.device, sent.server]);
      expect([flow.path.nextDeadline(), flow.path.inspect(at)]).toEqual([undefined, []]);
    }),
    { numRuns: 300 },
  );
});

const DIGITS = "0123456789";

function gotBy(end: string, { rows }: Changing): string {
  return rows.flatMap(([, what]) => (what.startsWith(`${end} gets `) ? [what.split(" ")[2]] : [])).join("");
}

test("a path tells whether a condition that it has now may hold segments back", () => {
  const watching: Hop = { name: "carrier", kind: "nat", conditions: [idle(60_000, both("drop"))] };
  const latency = { type: "latency", delayMs: 100, jitterMs: 0, distribution: "fixed", direction: "both" } as const;
  const watched = preparePath([watching]);
  const changing = new Changing(watched);
  expect(changing.path.delays).toBe(false);
  const delayed = preparePath([{ ...watching, conditions: [latency] }], undefined, watched);
  expect(changing.becomes(0, delayed).path.delays).toBe(true);
  expect(changing.becomes(1, preparePath([watching], undefined, delayed)).path.delays).toBe(false);
});
