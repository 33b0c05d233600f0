import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../../src/core/random.ts";
import type { Millis } from "../../src/core/machine.ts";
import type { ConditionSettings } from "../../src/path/conditions/index.ts";
import { type FlowFacts, NO_FACTS } from "../../src/path/flow-facts.ts";
import type { Match } from "../../src/path/match.ts";
import { type PathFlow, type PathHop, preparePath } from "../../src/path/path-hop.ts";
import { Path } from "../../src/path/path.ts";
import { Timeline } from "../../src/path/timeline.ts";
import { narrow } from "../../src/path/narrowed.ts";
import { PASS } from "../../src/path/condition.ts";
import { SETUP, both, entering, flowAt, inWords } from "./flows.ts";

const STALL = { type: "stall", direction: "both", afterMs: 0 } as const;

function hopsOf(settings: ConditionSettings, timeline = new Timeline(0), seed = 1): readonly PathHop[] {
  return preparePath([{ name: "hop", kind: "network", conditions: [settings] }], {
    random: new Random(seed),
    timeline,
  });
}

function pathOf(hops: readonly PathHop[], flow: Partial<PathFlow> = {}): Path<string> {
  return new Path<string>(hops, { createdAt: 0, http: true, ...flow });
}

/** What comes of an event and of all that is due by then. */
function happens(path: Path<string>, at: Millis, from: "device" | "server", what: string): readonly string[] {
  return [...path.expire(at), ...path.handle(entering(from, what), at), ...path.expire(at)].map(inWords);
}

function asks(path: Path<string>, at: Millis, facts: Partial<FlowFacts>): readonly string[] {
  const event = { kind: "reviewed", facts: { requests: 1, ...facts } } as const;
  return [...path.handle(event, at), ...path.expire(at)].map(inWords);
}

function isActive(path: Path<string>): boolean {
  return path.inspect(0)[0]?.active ?? false;
}

/** Whether a stall so narrowed acts on each of some flows, as they begin. */
function begun(match: Match, flows: readonly Partial<PathFlow>[], seed = 1): readonly boolean[] {
  const hops = hopsOf({ ...STALL, match }, new Timeline(0), seed);
  return flows.map((flow) => isActive(pathOf(hops, { http: false, ...flow })));
}

describe("a match on what only requests show", () => {
  const hops = hopsOf({ ...STALL, match: { command: ["Ping"] } });

  test("takes effect once a request has shown it, and is judged anew at each request", () => {
    const path = pathOf(hops);
    expect(happens(path, 0, "device", "hello")).toEqual(["server gets hello"]);
    expect(asks(path, 10, { command: "Ping", requests: 1 })).toEqual([]);
    expect(happens(path, 20, "server", "answer")).toEqual([]);
    expect(asks(path, 30, { command: "Sync", requests: 2 })).toEqual(["device gets answer"]);
    expect(happens(path, 40, "server", "more")).toEqual(["device gets more"]);
    asks(path, 50, { command: "Ping", requests: 3 });
    expect(happens(path, 60, "server", "held")).toEqual([]);
  });

  test("is judged at requests only, whatever else is told in between", () => {
    const path = pathOf(hops);
    asks(path, 10, { command: "Ping", requests: 1 });
    asks(path, 20, { command: "Sync", requests: 1 });
    expect(isActive(path)).toBe(true);
  });

  test("never takes effect where no requests are seen", () => {
    expect(begun({ command: ["Ping"] }, [{}])).toEqual([false]);
  });

  test("begins as if the flow had then", () => {
    const path = pathOf(hopsOf({ type: "lifetime", ageMs: 100, atExpiry: both("drop"), match: { user: ["kim"] } }));
    expect(path.nextDeadline()).toBeUndefined();
    asks(path, 500, { user: "Kim" });
    expect(path.nextDeadline()).toBe(600);
  });

  test("may end the flow at once", () => {
    const path = pathOf(hopsOf({ type: "refuse", match: { user: ["kim"] } }));
    expect(asks(path, 500, { user: "kim" })).toEqual(["ended by hop", "device gets rst"]);
  });

  test("tells its condition what is known by then", () => {
    const settings = { type: "address-change", atMs: 1000, spreadMs: 1000, match: { command: ["Ping"] } } as const;
    const other = pathOf(hopsOf(settings));
    const path = pathOf(hopsOf(settings));
    for (const [each, deviceId] of [
      [path, "a"],
      [other, "b"],
    ] as const) {
      asks(each, 10, { command: "Ping", deviceId: "a" });
      asks(each, 20, { command: "Ping", deviceId, requests: 2 });
    }
    expect(path.nextDeadline()).not.toBe(other.nextDeadline());
  });
});

test("a condition that turns on at an instant is told what is known of the flow by then", () => {
  const settings = { type: "address-change", atMs: 1000, spreadMs: 1000, during: { fromMs: 500 } } as const;
  const [known, early, unknown] = ["a", "a", undefined].map((deviceId, index) => {
    const path = pathOf(hopsOf(index === 1 ? { ...settings, during: {} } : settings));
    asks(path, 10, { deviceId });
    path.expire(500);
    return path.nextDeadline();
  });
  expect(known).toBe(early);
  expect(known).not.toBe(unknown);
});

test("a condition that is narrowed by nothing, and one by an address, act from the start", () => {
  expect(begun({}, [{}])).toEqual([true]);
  expect(begun({ source: ["10.0.0.0/8"] }, [{ source: "10.0.0.1" }, { source: "11.0.0.1" }, {}])).toEqual([
    true,
    false,
    false,
  ]);
});

describe("occasions", () => {
  const flows = Array.from({ length: 8 }, () => ({}));
  test.each<[Match, string]>([
    [{ skip: 2 }, "--xxxxxx"],
    [{ times: 3 }, "xxx-----"],
    [{ every: 3 }, "x--x--x-"],
    [{ skip: 1, every: 2, times: 2 }, "-x-x----"],
  ])("%j concerns flows so: %s", (match, expected) => {
    expect(
      begun(match, flows)
        .map((on) => (on ? "x" : "-"))
        .join(""),
    ).toBe(expected);
  });

  test("are only those that fit", () => {
    const mixed = ["10.0.0.1", "11.0.0.1", "10.0.0.2", "10.0.0.3"].map((source) => ({ source }));
    expect(begun({ source: ["10.0.0.0/8"], every: 2 }, mixed)).toEqual([true, false, false, true]);
  });

  test("are requests, over all flows, where the match asks for what they show", () => {
    const hops = hopsOf({ ...STALL, match: { command: ["Ping"], skip: 1, every: 2 } });
    const [first, second] = [pathOf(hops), pathOf(hops)];
    const states = [first, second, first, second, first].map((path, index) => {
      asks(path, index, { command: "Ping", requests: index + 1 });
      return isActive(path);
    });
    expect(states).toEqual([false, true, false, true, false]);
  });
});

describe("a share", () => {
  const sources = Array.from({ length: 400 }, (_, index) => `10.0.${Math.floor(index / 200)}.${index % 200}`);

  test("of devices concerns about so many of them, each with all its flows, in each run of a seed alike", () => {
    const flows = [...sources, ...sources].map((source) => ({ source }));
    const states = begun({ share: 0.3 }, flows);
    expect(states.slice(0, 400)).toEqual(states.slice(400));
    expect(states.filter(Boolean).length / states.length).toBeCloseTo(0.3, 1);
    expect(begun({ share: 0.3 }, flows)).toEqual(states);
    expect(begun({ share: 0.3 }, flows, 2)).not.toEqual(states);
  });

  test("is drawn by the seed that is when a flow begins, which draws for it to its end", () => {
    const setup = { random: new Random(1), timeline: new Timeline(0) };
    const hops = preparePath(
      [{ name: "hop", kind: "network", conditions: [{ ...STALL, match: { share: 0.5 } }] }],
      setup,
    );
    const judged = (flows: readonly Path<string>[], requests: number): readonly boolean[] =>
      flows.map((path, index) => {
        asks(path, requests, { deviceId: `d${index}`, requests });
        return isActive(path);
      });
    const flows = (): readonly Path<string>[] => sources.map(() => pathOf(hops));
    const early = flows();
    const first = judged(early, 1);
    setup.random = new Random(2);
    expect(judged(early, 2)).toEqual(first);
    const later = judged(flows(), 1);
    expect(later).not.toEqual(first);
    setup.random = new Random(1);
    expect(judged(flows(), 1)).toEqual(first);
  });

  test("of flows is drawn for each by itself", () => {
    const random = new Random(5);
    const flows = sources.map((_, index) => ({ random: random.fork(`flow ${index}`), source: "10.0.0.1" }));
    const states = begun({ share: 0.3, shareOf: "flows" }, flows);
    expect(states.filter(Boolean).length / states.length).toBeCloseTo(0.3, 1);
    expect(begun({ share: 0.3, shareOf: "flows" }, flows)).toEqual(states);
  });

  test("of flows holds for all requests of one", () => {
    const hops = hopsOf({ ...STALL, match: { command: ["Ping"], share: 0.5, shareOf: "flows" } });
    const random = new Random(5);
    const states = sources.map((_, index) => {
      const path = pathOf(hops, { random: random.fork(`flow ${index}`) });
      return [1, 2, 3].map((requests) => {
        asks(path, requests, { command: "Ping", requests });
        return isActive(path);
      });
    });
    expect(states.every(([first, ...rest]) => rest.every((state) => state === first))).toBe(true);
    expect(new Set(states.map(([first]) => first)).size).toBe(2);
  });

  test("of devices waits, where requests are seen, for the first to say who it is", () => {
    const hops = hopsOf({ ...STALL, match: { share: 0.5 } });
    const ids = sources.map((_, index) => `device ${index}`);
    const stateOf = (deviceId: string | undefined, source: string) => {
      const path = pathOf(hops, { source });
      const before = isActive(path);
      asks(path, 1, { deviceId });
      return [before, isActive(path)];
    };
    const states = ids.map((id) => stateOf(id, "10.0.0.1"));
    expect(states.map(([before]) => before).some(Boolean)).toBe(false);
    expect(ids.map((id) => stateOf(id, "10.0.0.2"))).toEqual(states);
    expect(states.filter(([, after]) => after).length / states.length).toBeCloseTo(0.5, 1);
    expect(stateOf(undefined, "10.0.0.7")).toEqual(stateOf(undefined, "10.0.0.7"));
  });

  test("of everybody is everybody", () => {
    expect(begun({ share: 1 }, [{ source: "10.0.0.1" }, {}])).toEqual([true, true]);
  });
});

describe("a window from 100 until 200 of every 1000", () => {
  const during = { fromMs: 100, untilMs: 200, everyMs: 1000 };

  test("turns the condition on and off, and what waited goes on when it turns off", () => {
    const path = pathOf(hopsOf({ ...STALL, during }));
    expect(happens(path, 99, "device", "a")).toEqual(["server gets a"]);
    expect(happens(path, 100, "device", "b")).toEqual([]);
    expect(path.expire(199)).toEqual([]);
    expect(happens(path, 200, "device", "c")).toEqual(["server gets b", "server gets c"]);
    expect(happens(path, 1100, "device", "d")).toEqual([]);
    expect(path.expire(1200).map(inWords)).toEqual(["server gets d"]);
  });

  test("lets nothing happen at the instant at which it closes, and all at the one at which it opens", () => {
    const lifetime = { type: "lifetime", ageMs: 100, atExpiry: both("drop"), during } as const;
    const path = pathOf(hopsOf(lifetime));
    expect(path.expire(200)).toEqual([]);
    const longer = pathOf(hopsOf({ ...lifetime, ageMs: 99 }));
    expect(longer.expire(199).map(inWords)).toEqual(["ended by hop"]);
    const refused = pathOf(hopsOf({ type: "refuse", during }));
    expect(refused.expire(100).map(inWords)).toEqual(["ended by hop", "device gets rst"]);
  });

  test("opens on nobody while the timeline stands still, and counts from its start", () => {
    const timeline = new Timeline();
    const path = pathOf(hopsOf({ ...STALL, during }, timeline));
    expect(path.nextDeadline()).toBeUndefined();
    timeline.start(50);
    path.handle({ kind: "reviewed", facts: NO_FACTS }, 50);
    expect(path.nextDeadline()).toBe(150);
    expect(happens(path, 160, "device", "a")).toEqual([]);
    timeline.stop();
    expect(asks(path, 170, { requests: 0 })).toEqual(["server gets a"]);
  });

  test("opens only on flows that fit", () => {
    const path = pathOf(hopsOf({ ...STALL, during, match: { command: ["Ping"] } }));
    expect(path.nextDeadline()).toBeUndefined();
    asks(path, 150, { command: "Ping" });
    expect([isActive(path), path.nextDeadline()]).toEqual([true, 200]);
  });

  test("lets what the condition shares with other flows go when it closes", () => {
    const table = {
      type: "flow-table",
      flows: 1,
      whenFull: "refuse",
      atEviction: both("drop"),
      during: { untilMs: 100 },
    } as const;
    const hops = hopsOf(table);
    const first = pathOf(hops);
    expect([isActive(first), pathOf(hops).nextDeadline()]).toEqual([true, 0]);
    first.expire(100);
    expect(isActive(first)).toBe(false);
    first.close();
  });
});

test("a narrowed condition bears its own queue while it acts, and has no part in one while it does not", () => {
  const path = pathOf(
    hopsOf({ type: "bandwidth", bytesPerSecond: 1000, direction: "both", queueBytes: 1024, during: { untilMs: 100 } }),
  );
  path.handle(entering("device", "x".repeat(1100)), 0);
  expect(path.full("toServer")).toBe(true);
  path.expire(100);
  expect([path.full("toServer"), path.delayedBytes("toServer")]).toEqual([false, 0]);
});

test("a flow is woken through a condition that turned on while it ran", () => {
  const woken: number[] = [];
  const hops = hopsOf({
    type: "flow-table",
    flows: 1,
    whenFull: "evict-longest-idle",
    atEviction: both("drop"),
    match: { source: ["10.0.0.0/8"] },
  });
  const path = pathOf(hops, { source: "10.0.0.1", wake: () => woken.push(path.nextDeadline() ?? NaN) });
  pathOf(hops, { source: "10.0.0.2", createdAt: 70 });
  expect(woken).toEqual([70]);
});

test("a narrowed condition draws as it would unnarrowed, from the flow and its name", () => {
  const latency = { type: "latency", delayMs: 100, jitterMs: 50, distribution: "uniform", direction: "both" } as const;
  const dueOf = (settings: ConditionSettings) => {
    const path = pathOf(hopsOf(settings), { random: new Random(3), source: "10.0.0.1", http: false });
    path.handle(entering("device", "a"), 0);
    return path.nextDeadline();
  };
  expect(dueOf({ ...latency, match: { source: ["10.0.0.1"] } })).toBe(dueOf({ ...latency, match: { share: 1 } }));
  expect(dueOf({ ...latency, name: "slow" })).not.toBe(dueOf(latency));
});

test("a condition that turns on while a flow runs is told of the flow what it would have been told at its start", () => {
  const told: unknown[] = [];
  const open = narrow(
    { match: { command: ["Ping"] } },
    (flow) => {
      told.push([flow.createdAt, flow.source, flow.http, flow.random.next()]);
      return { onSegment: () => PASS, nextDeadline: () => undefined, onDeadline: () => PASS };
    },
    SETUP,
  );
  const drawing = () => ({ random: new Random(9), source: "10.0.0.1", http: true });
  open(flowAt(5, drawing())).review?.({ command: "Ping", requests: 1 }, 70);
  const { random } = drawing();
  random.next();
  expect(told).toEqual([[70, "10.0.0.1", true, random.next()]]);
});

test("off is as if it were not there, whatever is sent, told and done", () => {
  const step = fc.tuple(fc.nat(60), fc.constantFrom("data", "fin", "rst", "Ping", "Sync"), fc.boolean());
  const never: fc.Arbitrary<ConditionSettings> = fc.constantFrom<ConditionSettings>(
    { ...STALL, match: { command: ["Options"] } },
    { type: "lifetime", ageMs: 10, atExpiry: both("reset"), match: { source: ["11.0.0.0/8"] } },
    { type: "refuse", during: { fromMs: 1_000_000 } },
    { type: "refuse", match: { times: 1, skip: 1 } },
    { type: "loss", rate: 1, rtoMs: 1, direction: "both", match: { deviceId: ["nobody"] }, during: { untilMs: 50 } },
  );
  fc.assert(
    fc.property(never, fc.array(step, { maxLength: 30 }), (settings, steps) => {
      const paths = [pathOf(hopsOf(settings), { source: "10.0.0.1" }), pathOf([])] as const;
      let at = 0;
      let requests = 0;
      for (const [waitMs, what, fromDevice] of steps) {
        at += waitMs;
        const isRequest = what === "Ping" || what === "Sync";
        if (isRequest) requests += 1;
        const [narrowed, bare] = paths.map((path) =>
          isRequest
            ? asks(path, at, { command: what, requests })
            : happens(path, at, fromDevice ? "device" : "server", what),
        );
        expect(narrowed).toEqual(bare);
      }
    }),
  );
});
