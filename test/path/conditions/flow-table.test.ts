import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Driver } from "../../../src/core/driver.ts";
import type { Millis } from "../../../src/core/machine.ts";
import { VirtualScheduler } from "../../../src/core/virtual-scheduler.ts";
import { PASS, type Condition } from "../../../src/path/condition.ts";
import { flowTable, type FlowTableSettings } from "../../../src/path/conditions/flow-table.ts";
import type { PathEffect, PathEvent } from "../../../src/path/path-effect.ts";
import { preparePath } from "../../../src/path/path-hop.ts";
import { Path } from "../../../src/path/path.ts";
import { FIN, RST } from "../../../src/path/segment.ts";
import { SETUP, both, entering, flowAt, inWords } from "../flows.ts";
import { breachOf, data } from "./lone.ts";

const TABLE: FlowTableSettings = {
  type: "flow-table",
  flows: 2,
  whenFull: "evict-longest-idle",
  atEviction: both("drop"),
};
const ADAPTIVE: FlowTableSettings = { ...TABLE, flows: 100, adaptive: { from: 2, to: 6, idleTimeoutMs: 4000 } };

/** Flows that share one table, in virtual time; what happens to each is told with its number. */
class Flows {
  readonly scheduler = new VirtualScheduler();
  readonly rows: (readonly [at: Millis, what: string])[] = [];
  /** So many of the flows that end next are opened anew at once. */
  comesBack = 0;
  readonly #hops;
  readonly #drivers: Driver<PathEvent<string>, PathEffect<string>>[] = [];
  readonly #paths: Path<string>[] = [];
  #count = 0;

  constructor(settings: FlowTableSettings) {
    this.#hops = preparePath([{ name: "hop", kind: "firewall", conditions: [settings] }]);
  }

  open(): void {
    const number = this.#count;
    this.#count += 1;
    const path = new Path<string>(this.#hops, {
      createdAt: this.scheduler.now(),
      wake: () => this.#drivers[number]?.settle(),
    });
    const driver = new Driver(path, this.scheduler, (effect: PathEffect<string>) => {
      this.rows.push([this.scheduler.now(), `${number}: ${inWords(effect)}`]);
      if (effect.kind !== "ended" || this.comesBack === 0) return;
      this.comesBack -= 1;
      this.open();
    });
    this.#paths[number] = path;
    this.#drivers[number] = driver;
    driver.settle();
  }

  send(number: number, from: "device" | "server", what: string): void {
    this.#drivers[number]?.dispatch(entering(from, what));
  }

  close(number: number): void {
    this.#paths[number]?.close();
    this.#drivers[number]?.stop();
  }

  ended(): readonly (readonly [Millis, string])[] {
    return this.rows.filter(([, what]) => what.includes("ended"));
  }
}

describe("a table of two flows", () => {
  const opened = (settings: Partial<FlowTableSettings> = {}): Flows => {
    const flows = new Flows({ ...TABLE, ...settings });
    for (const at of [0, 100]) {
      flows.scheduler.runUntil(at);
      flows.open();
    }
    flows.scheduler.runUntil(200);
    return flows;
  };

  test("gives up the one that was silent for the longest when a third comes, at once", () => {
    const flows = opened({ atEviction: both("reset") });
    flows.open();
    expect(flows.rows).toEqual([
      [200, "0: ended by hop"],
      [200, "0: device gets rst"],
      [200, "0: server gets rst"],
    ]);
  });

  test.each(["device", "server"] as const)("counts what the %s sends as activity", (from) => {
    const flows = opened();
    flows.send(0, from, "data");
    flows.open();
    expect(flows.ended()).toEqual([[200, "1: ended by hop"]]);
  });

  test("still gives up the longest silent one after another has spoken", () => {
    const flows = opened();
    flows.send(1, "device", "data");
    flows.open();
    expect(flows.ended()).toEqual([[200, "0: ended by hop"]]);
  });

  test.each([
    ["a FIN one way does not", ["device fin"], [[200, "0: ended by hop"]]],
    ["a FIN each way does", ["device fin", "server fin"], []],
    ["an RST does", ["server rst"], []],
  ] as const)("has a place free once a flow is over: %s", (_, sent, expected) => {
    const flows = opened();
    for (const [from = "", what = ""] of sent.map((each) => each.split(" ")))
      flows.send(0, from === "device" ? "device" : "server", what);
    flows.open();
    expect(flows.ended()).toEqual(expected);
  });

  test("holds no more when the device of the flow that gives way comes back at once", () => {
    const flows = opened();
    flows.comesBack = 1;
    flows.open();
    expect(flows.ended()).toEqual([
      [200, "0: ended by hop"],
      [200, "1: ended by hop"],
    ]);
    flows.scheduler.runUntil(300);
    flows.open();
    expect(flows.ended().slice(2)).toHaveLength(1);
  });

  test("has a place free once a flow is gone", () => {
    const flows = opened();
    flows.close(1);
    flows.open();
    expect(flows.ended()).toEqual([]);
  });

  test.each([
    ["refuse", ["2: ended by hop", "2: device gets rst"]],
    ["drop", ["2: ended by hop"]],
  ] as const)("turns a third away when it is to %s, and keeps the others", (whenFull, expected) => {
    const flows = opened({ whenFull });
    flows.open();
    expect(flows.rows.map(([, what]) => what)).toEqual(expected);
    flows.send(0, "device", "data");
    flows.send(1, "device", "data");
    expect(flows.rows.slice(-2).map(([, what]) => what)).toEqual(["0: server gets data", "1: server gets data"]);
  });

  test("takes the next one in again after it turned one away and a flow has gone", () => {
    const flows = opened({ whenFull: "refuse" });
    flows.open();
    flows.close(2);
    flows.close(0);
    flows.open();
    expect(flows.ended()).toEqual([[200, "2: ended by hop"]]);
  });
});

test("a hop that ends a flow by another condition gives its place free at once", () => {
  const hops = preparePath([
    {
      name: "hop",
      kind: "firewall",
      conditions: [
        { type: "lifetime", ageMs: 1000, atExpiry: both("drop") },
        { ...TABLE, flows: 1 },
      ],
    },
  ]);
  const first = new Path<string>(hops, { createdAt: 0 });
  expect(first.expire(1000).map(inWords)).toEqual(["ended by hop"]);
  const second = new Path<string>(hops, { createdAt: 1000 });
  expect(second.nextDeadline()).toBe(2000);
  const third = new Path<string>(hops, { createdAt: 1500 });
  expect([second.nextDeadline(), third.nextDeadline()]).toEqual([1500, 2500]);
  expect(first.nextDeadline()).toBeUndefined();
});

test("a flow that nobody wakes learns of its eviction from its next segment", () => {
  const open = flowTable.prepare({ ...TABLE, flows: 1 }, SETUP);
  const first = open(flowAt(0));
  open(flowAt(500));
  expect(first.nextDeadline()).toBe(500);
  expect(first.onSegment(data("toServer"), 700)).toEqual({ kind: "end", endings: both("drop") });
  expect([first.nextDeadline(), first.onSegment(data("toServer"), 800)]).toEqual([undefined, PASS]);
});

test("without adaptive time-outs nothing but the table's size has a deadline", () => {
  const condition = flowTable.prepare(TABLE, SETUP)(flowAt(0));
  expect([condition.nextDeadline(), condition.onDeadline(1e9)]).toEqual([undefined, PASS]);
});

describe("time-outs of 4000 ms that shrink from 2 flows on, to 0 at 6", () => {
  test.each([
    [1, 4000],
    [2, 4000],
    [3, 3000],
    [4, 2000],
    [5, 1000],
  ])("are, with %i flows of 0 ms, due at %i, for the longest idle one first", (count, expected) => {
    const open = flowTable.prepare(ADAPTIVE, SETUP);
    const conditions = Array.from({ length: count }, () => open(flowAt(0)));
    expect(conditions.map((condition) => condition.nextDeadline())).toEqual(
      conditions.map((_, index) => (index === 0 ? expected : undefined)),
    );
    expect([conditions[0]?.onDeadline(expected - 1), conditions[0]?.onDeadline(expected)]).toEqual([
      PASS,
      { kind: "end", endings: both("drop") },
    ]);
  });

  test("count from the latest activity", () => {
    const condition = flowTable.prepare(ADAPTIVE, SETUP)(flowAt(0));
    condition.onSegment(data("toDevice"), 700);
    expect(condition.nextDeadline()).toBe(4700);
  });

  test("are due no sooner than the flow that shortened them came", () => {
    const open = flowTable.prepare(ADAPTIVE, SETUP);
    const conditions = Array.from({ length: 4 }, () => open(flowAt(0)));
    open(flowAt(1900));
    expect(conditions[0]?.nextDeadline()).toBe(1900);
  });

  test("end the flows that were silent for the longest, one after the other, each when it is due by then", () => {
    const flows = new Flows(ADAPTIVE);
    for (let at = 0; at < 5; at += 1) {
      flows.scheduler.runUntil(at * 100);
      flows.open();
    }
    flows.scheduler.runUntil(10_000);
    expect(flows.ended()).toEqual([
      [1000, "0: ended by hop"],
      [2100, "1: ended by hop"],
      [3200, "2: ended by hop"],
      [4300, "3: ended by hop"],
      [4400, "4: ended by hop"],
    ]);
  });

  test("end at once whoever is due when a further flow comes", () => {
    const flows = new Flows(ADAPTIVE);
    for (let count = 0; count < 4; count += 1) flows.open();
    flows.scheduler.runUntil(1500);
    flows.open();
    expect(flows.ended()).toEqual([[1500, "0: ended by hop"]]);
  });

  test("keep the table below the number at which they are 0", () => {
    const flows = new Flows(ADAPTIVE);
    for (let count = 0; count < 50; count += 1) flows.open();
    expect(flows.ended()).toHaveLength(45);
  });

  test("that all come due at one instant end thousands of flows without one within the other", () => {
    const flows = new Flows({
      ...ADAPTIVE,
      flows: 100_000,
      adaptive: { from: 50_000, to: 90_000, idleTimeoutMs: 4000 },
    });
    for (let count = 0; count < 20_000; count += 1) flows.open();
    flows.scheduler.runUntil(4000);
    expect(flows.ended()).toHaveLength(20_000);
  });

  test("follow the longest idle flow when it speaks", () => {
    const flows = new Flows(ADAPTIVE);
    for (let count = 0; count < 3; count += 1) flows.open();
    flows.scheduler.runUntil(2000);
    flows.send(0, "device", "data");
    flows.scheduler.runUntil(10_000);
    expect(flows.ended()).toEqual([
      [3000, "1: ended by hop"],
      [4000, "2: ended by hop"],
      [6000, "0: ended by hop"],
    ]);
  });
});

test("whatever flows do, the table holds no more than it may, and no flow that is over", () => {
  const step = fc.tuple(fc.nat(300), fc.constantFrom("open", "data", "fin", "rst", "close"), fc.nat(11));
  const settings = fc.record({
    flows: fc.integer({ min: 1, max: 8 }),
    whenFull: fc.constantFrom<FlowTableSettings["whenFull"]>("evict-longest-idle", "refuse", "drop"),
    to: fc.integer({ min: 2, max: 9 }),
  });
  fc.assert(
    fc.property(settings, fc.array(step, { maxLength: 50 }), ({ flows: most, whenFull, to }, steps) => {
      const table: FlowTableSettings = {
        ...TABLE,
        flows: most,
        whenFull,
        adaptive: { from: 1, to, idleTimeoutMs: 2000 },
      };
      const run = (): Flows => {
        const flows = new Flows(table);
        let opened = 0;
        let at = 0;
        const over = new Set<number>();
        for (const [waitMs, what, number] of steps) {
          at += waitMs;
          flows.scheduler.runUntil(at);
          if (what === "open") {
            flows.open();
            opened += 1;
          } else if (what === "close") {
            flows.close(number);
            if (number < opened) over.add(number);
          } else {
            flows.send(number, "device", what);
            if (what === "rst" && number < opened) over.add(number);
          }
          const ended = new Set(flows.ended().map(([, words]) => Number(words.split(":")[0])));
          const alive = Array.from({ length: opened }, (_, index) => index);
          expect(alive.filter((index) => !over.has(index) && !ended.has(index)).length).toBeLessThanOrEqual(most);
        }
        flows.scheduler.runUntil(at + 10_000);
        return flows;
      };
      expect(run().rows).toEqual(run().rows);
    }),
  );
});

test("a condition that is taken off gives its place free", () => {
  const open = flowTable.prepare({ ...TABLE, flows: 1 }, SETUP);
  const first: Condition = open(flowAt(0));
  first.forget?.();
  first.forget?.();
  const second = open(flowAt(100));
  expect([first.nextDeadline(), second.nextDeadline()]).toEqual([undefined, undefined]);
  expect([first.onSegment(FIN.toServer, 200), first.onSegment(RST.toServer, 200)]).toEqual([PASS, PASS]);
});

test("the laws of every condition hold", () => {
  const settings = fc
    .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 1, max: 300 }))
    .map(([to, idleTimeoutMs]): FlowTableSettings => ({ ...TABLE, adaptive: { from: 0, to, idleTimeoutMs } }));
  expect(breachOf(settings, { longestWaitMs: 200, until: 10_000, mayDrop: true })).toBeUndefined();
});
