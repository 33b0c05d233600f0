import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { endingOf } from "../../src/heartbeat/ending.ts";
import {
  type DeviceIdentity,
  type Exchange,
  type ExchangeEnd,
  OUTCOMES,
  type WaitingCommand,
} from "../../src/heartbeat/events.ts";
import type { Negotiation } from "../../src/heartbeat/followed.ts";
import type { TrackerEvent } from "../../src/heartbeat/tracker-events.ts";
import { Tracker, type TrackerSettings } from "../../src/heartbeat/tracker.ts";

const PHONE: DeviceIdentity = { deviceId: "phone", user: "ann", deviceType: "SP" };

type Ended = ExchangeEnd["outcome"];

/** What an asking says beside the exchange itself. */
interface Asking {
  readonly device?: DeviceIdentity;
  readonly command?: WaitingCommand;
  readonly heard?: boolean | undefined;
  readonly collides?: boolean;
  readonly source?: string | undefined;
  /** Since the last event; default a minute. */
  readonly pauseMs?: number;
}

/** A tracker of one device that asks and is answered, a minute between exchanges. */
class Watched {
  readonly tracker: Tracker;
  readonly found: TrackerEvent[] = [];
  #now = 0;
  #id = 0;

  constructor(settings: TrackerSettings = {}) {
    this.tracker = new Tracker(settings);
  }

  asks(seconds: number | undefined, asking: Asking = {}): Exchange {
    const { device = PHONE, command = "Ping", pauseMs = 60_000, source, ...said } = asking;
    this.#now += pauseMs;
    this.#id += 1;
    const heartbeatIntervalSeconds = seconds;
    const exchange = { id: this.#id, flowId: 1, device, command, heartbeatIntervalSeconds, askedAt: this.#now, source };
    this.found.push(...this.tracker.handle({ kind: "asked", exchange, ...said }, this.#now));
    return exchange;
  }

  ends(
    exchange: Exchange,
    outcome: Ended,
    waitedSeconds = exchange.heartbeatIntervalSeconds ?? 0,
    returned?: boolean,
    httpStatus = 200,
  ): this {
    this.#now = Math.max(this.#now, exchange.askedAt + waitedSeconds * 1000);
    const endedAt = exchange.askedAt + waitedSeconds * 1000;
    const ending = endingOf(outcome, "waiting");
    const end = { outcome, hop: undefined, action: undefined, ending, httpStatus, status: 1, returned, endedAt };
    this.found.push(...this.tracker.handle({ kind: "ended", exchange, end }, this.#now));
    return this;
  }

  /** Nothing happens for a while. */
  waits(ms: number): this {
    this.#now += ms;
    this.found.push(...this.tracker.expire(this.#now));
    return this;
  }

  /** What was found, by kind. */
  get kinds(): readonly string[] {
    return this.found.map(({ kind }) => kind);
  }

  /** Exchanges one after another. */
  sees(...exchanges: readonly (readonly [number | undefined, Ended])[]): this {
    for (const [seconds, outcome] of exchanges) this.ends(this.asks(seconds), outcome);
    return this;
  }

  get phone(): Negotiation {
    const found = this.tracker.negotiation(PHONE, "Ping");
    if (found === undefined) throw new Error("the phone is not followed");
    return found;
  }
}

function settled(): Watched {
  return new Watched().sees([720, "held"], [720, "changes"], [720, "held"]);
}

function collapsed(): Watched {
  return new Watched().sees([900, "expired"], [480, "lost"], [480, "cut"]);
}

test("follows the documented negotiation: 15 fails, 8 holds, 12 is answered, 12 holds, 16 fails, 12 for good", () => {
  const watched = new Watched();
  const moves = (
    [
      [900, "expired"],
      [480, "held"],
      [720, "changes"],
      [720, "held"],
      [960, "expired"],
      [720, "held"],
      [720, "held"],
      [720, "changes"],
    ] as const
  ).map(([seconds, outcome]) => {
    watched.sees([seconds, outcome]);
    const { lastMove, state } = watched.phone;
    return `${lastMove?.kind} after ${lastMove?.after ?? "nothing"}: ${state}`;
  });
  expect(moves).toEqual([
    "first after nothing: searching",
    "lower after expired: searching",
    "raise after held: searching",
    "repeat after changes: searching",
    "raise after held: searching",
    "lower after expired: searching",
    "repeat after held: searching",
    "repeat after held: settled",
  ]);
  expect(watched.phone).toMatchObject({
    askedSeconds: 720,
    longestHeldSeconds: 720,
    shortestFailedSeconds: 900,
    counts: { held: 4, changes: 2, expired: 2, open: 0 },
  });
});

describe("a settled device", () => {
  test("searches again as soon as it asks another interval", () => {
    const watched = settled();
    expect(watched.phone.state).toBe("settled");
    watched.asks(960);
    expect(watched.phone.state).toBe("searching");
  });

  test.each(["expired", "cut", "lost"] as const)("searches again when an exchange is %s", (outcome) => {
    expect(settled().sees([720, outcome]).phone.state).toBe("searching");
  });

  test.each(["rejected", "serverFailed", "withdrawn"] as const)("stays so when an exchange is %s", (outcome) => {
    expect(settled().sees([720, outcome]).phone.state).toBe("settled");
  });

  test("is not made by answers to an interval that it no longer asks", () => {
    const watched = settled();
    const old = [watched.asks(480), watched.asks(480), watched.asks(480)];
    watched.asks(720);
    for (const exchange of old) watched.ends(exchange, "held");
    expect(watched.phone.state).toBe("searching");
  });
});

describe("a collapsed device", () => {
  test("has failed twice at the lowest interval it ever asked", () => {
    expect(new Watched().sees([900, "expired"], [480, "expired"]).phone.state).toBe("searching");
    expect(collapsed().phone).toMatchObject({ state: "collapsed", shortestFailedSeconds: 480 });
  });

  test("stays so when it fails higher up or the server fails", () => {
    expect(collapsed().sees([720, "expired"], [480, "serverFailed"]).phone.state).toBe("collapsed");
  });

  test.each(["held", "changes"] as const)("searches again once an exchange is answered: %s", (outcome) => {
    expect(collapsed().sees([480, outcome]).phone.state).toBe("searching");
  });

  test("searches again when it asks a lower interval than ever", () => {
    const watched = collapsed();
    watched.asks(300);
    expect(watched.phone.state).toBe("searching");
  });
});

test("counts a parked exchange as open, and as what the next move followed", () => {
  const watched = new Watched();
  watched.asks(900);
  watched.asks(480);
  expect(watched.phone).toMatchObject({ counts: { open: 2 }, lastMove: { kind: "lower", after: "open" } });
});

test("learns only counts from an exchange whose interval is not known, and the time from one that was held", () => {
  const watched = new Watched().sees([undefined, "expired"]);
  watched.ends(watched.asks(undefined), "held", 61);
  expect(watched.phone).toMatchObject({
    askedSeconds: undefined,
    lastMove: undefined,
    shortestFailedSeconds: undefined,
    longestHeldSeconds: 61,
    counts: { expired: 1, held: 1 },
  });
});

test("takes the silence that was borne, not the interval, when the server answers before its end", () => {
  const watched = new Watched();
  watched.ends(watched.asks(900), "held", 10);
  expect(watched.phone.longestHeldSeconds).toBe(10);
});

test("keeps devices, users and commands apart, longest unseen first", () => {
  const watched = new Watched();
  watched.asks(900);
  watched.asks(480, { device: { ...PHONE, user: "bob" } });
  watched.asks(600, { command: "Sync" });
  watched.sees([720, "held"]);
  expect(watched.tracker.negotiations().map((one) => [one.device.user, one.command, one.askedSeconds])).toEqual([
    ["bob", "Ping", 480],
    ["ann", "Sync", 600],
    ["ann", "Ping", 720],
  ]);
  expect(watched.tracker.negotiation({ ...PHONE, deviceId: "x" }, "Ping")).toBeUndefined();
});

test("forgets the device longest unseen, and passes over the end of what it forgot", () => {
  const watched = new Watched({ devices: 1 });
  const forgotten = watched.asks(900);
  watched.asks(480, { device: { ...PHONE, deviceId: "tablet" } });
  watched.ends(forgotten, "expired");
  expect(watched.tracker.negotiations()).toMatchObject([{ device: { deviceId: "tablet" }, counts: { expired: 0 } }]);
  watched.sees([900, "held"]).ends(forgotten, "expired");
  expect(watched.phone.counts).toMatchObject({ held: 1, expired: 0, open: 0 });
});

test("returns what later events do not change", () => {
  const watched = new Watched();
  const exchange = watched.asks(900);
  const before = watched.phone;
  watched.ends(exchange, "held");
  expect([before.counts.open, watched.phone.counts.open]).toEqual([1, 0]);
  expect([before.lastSeenAt, watched.phone.lastSeenAt]).toEqual([60_000, 960_000]);
});

test("learns nothing from late answers and bodies that can't be read", () => {
  const watched = new Watched();
  const exchange = watched.asks(900);
  const before = watched.phone;
  const late = watched.tracker.handle({ kind: "lateAnswer", exchange, at: 1 }, 1);
  const undecoded = watched.tracker.handle({ kind: "decodeFailed", flowId: 1, reason: "wbxml", at: 1 }, 1);
  expect([late, undecoded, watched.phone]).toEqual([[], [], before]);
});

test("accounts for every exchange, and holds no more than it has seen, whatever happens", () => {
  const ended = fc.constantFrom(...OUTCOMES.filter((outcome) => outcome !== "open"));
  const exchanges = fc.array(fc.tuple(fc.option(fc.integer({ min: 60, max: 3540 }), { nil: undefined }), ended));
  fc.assert(
    fc.property(exchanges, (script) => {
      const watched = new Watched();
      watched.sees(...script);
      const [found] = watched.tracker.negotiations();
      const total = Object.values(found?.counts ?? {}).reduce((sum, count) => sum + count, 0);
      expect(total).toBe(script.length);
      const held = script.filter(([, outcome]) => outcome === "held").map(([seconds]) => seconds ?? 0);
      expect(found?.longestHeldSeconds).toBe(held.length === 0 ? undefined : Math.max(...held));
    }),
  );
});

test("knows a device by its own id and user again, whatever these are, and however the user is written", () => {
  const identity = fc.record({ deviceId: fc.string(), user: fc.string(), deviceType: fc.string() });
  fc.assert(
    fc.property(fc.array(identity), (devices) => {
      const watched = new Watched();
      for (const device of devices) watched.asks(480, { device });
      const found = watched.tracker.negotiations().map(({ device }) => device);
      const last = new Map(
        devices.map((device) => [JSON.stringify([device.deviceId, device.user.toLowerCase()]), device]),
      );
      expect(found).toHaveLength(last.size);
      for (const { deviceId, user } of found) expect(last.has(JSON.stringify([deviceId, user]))).toBe(true);
    }),
  );
});

describe("an answer that was not heard", () => {
  test("was lost: what was learnt from it is taken back", () => {
    const watched = new Watched().sees([360, "held"]);
    watched.ends(watched.asks(480, { heard: true }), "held");
    expect(watched.phone).toMatchObject({ longestHeldSeconds: 480, counts: { held: 2, lost: 0 } });
    watched.asks(480, { heard: false });
    expect(watched.phone).toMatchObject({
      longestHeldSeconds: 360,
      shortestFailedSeconds: 480,
      lastMove: { kind: "repeat", after: "lost" },
      counts: { held: 1, lost: 1, open: 1 },
    });
    expect(watched.found).toEqual([
      {
        kind: "unheard",
        exchange: 2,
        device: PHONE,
        command: "Ping",
        heartbeatIntervalSeconds: 480,
        silenceSeconds: 480,
        at: expect.any(Number),
      },
    ]);
    expect(watched.tracker.figures().commands).toMatchObject({ Ping: { unheard: 1 }, Sync: { unheard: 0 } });
  });

  test("collapses a device as any other loss does, and settles none", () => {
    const watched = new Watched();
    watched.sees([480, "held"]);
    for (let count = 0; count < 2; count += 1) watched.ends(watched.asks(480, { heard: false }), "held");
    expect(watched.phone.state).toBe("searching");
    watched.asks(480, { heard: false });
    expect(watched.phone).toMatchObject({ state: "collapsed", counts: { held: 0, lost: 3 } });
  });

  test("ends what was settled", () => {
    const watched = settled();
    watched.asks(720, { heard: false });
    expect(watched.phone).toMatchObject({ state: "searching", counts: { held: 1, changes: 1, lost: 1 } });
  });

  test("counts by its own outcome, and is only a count where its interval is not known", () => {
    const watched = new Watched();
    watched.ends(watched.asks(undefined), "changes", 61);
    watched.asks(undefined, { heard: false });
    expect(watched.phone).toMatchObject({ shortestFailedSeconds: undefined, counts: { changes: 0, lost: 1 } });
    expect(watched.found).toMatchObject([{ kind: "unheard", silenceSeconds: 61 }]);
  });

  test("is one only if the device had been answered, and asks but once", () => {
    const watched = new Watched();
    watched.asks(480, { heard: false });
    watched.ends(watched.asks(480, { heard: false }), "rejected");
    watched.asks(480, { heard: false });
    expect(watched.found).toEqual([]);
  });
});

describe("the real path", () => {
  const OFFICE = { networkOf: (source: string) => (source === "nowhere" ? undefined : `${source}/24`) };

  function office(): Watched {
    return new Watched(OFFICE);
  }

  test("has borne a silence once the device has shown that it heard the answer, not before", () => {
    const watched = office();
    watched.ends(watched.asks(480, { source: "192.0.2.0" }), "held");
    expect(watched.tracker.networks()).toEqual([]);
    watched.asks(480, { heard: true, source: "192.0.2.0" });
    expect(watched.tracker.networks()).toMatchObject([
      { network: "192.0.2.0/24", state: "open", longestHeldSeconds: 480, heldSamples: 1, heldCount: 1, failedCount: 0 },
    ]);
  });

  test("has borne the silence before a change, too", () => {
    const watched = office();
    watched.ends(watched.asks(900, { source: "192.0.2.0" }), "changes", 300.9);
    watched.asks(900, { heard: true, source: "192.0.2.0" });
    expect(watched.tracker.networks()).toMatchObject([{ longestHeldSeconds: 300 }]);
  });

  test.each([
    ["lost, its connection gone before its interval was over", "lost", 439.2, false, { shortestFailedSeconds: 440 }],
    ["lost, after more than its interval", "lost", 510, false, { shortestFailedSeconds: 480 }],
    ["lost by a device that returned after its interval", "lost", 480, true, { shortestFailedSeconds: 480 }],
    ["ended by a hop of ours", "expired", 440, undefined, { failedCount: 0, endedByHopsCount: 1 }],
    ["cut by a hop of ours", "cut", 440, undefined, { failedCount: 0, endedByHopsCount: 1 }],
  ] as const)("in a request that was %s", (_, outcome, waited, returned, known) => {
    const watched = office();
    watched.ends(watched.asks(480, { source: "192.0.2.0" }), outcome, waited, returned);
    expect(watched.tracker.networks()).toMatchObject([known]);
  });

  test.each([
    ["a device that returned before its interval was over", 480, "lost", true],
    ["a device that returned, its interval not known", undefined, "lost", true],
    ["a refusal", 480, "rejected", undefined],
    ["the server's failure", 480, "serverFailed", undefined],
    ["a device that withdrew its request", 480, "withdrawn", undefined],
  ] as const)("is not told of by %s", (_, seconds, outcome, returned) => {
    const watched = office();
    watched.ends(watched.asks(seconds, { source: "192.0.2.0" }), outcome, 100, returned);
    watched.asks(480, { source: "192.0.2.0" });
    expect(watched.tracker.networks()).toEqual([]);
  });

  test("fails in a silence that its device left, whatever interval it had asked", () => {
    const watched = office();
    watched.ends(watched.asks(undefined, { source: "192.0.2.0" }), "lost", 100.5);
    expect(watched.tracker.networks()).toMatchObject([{ shortestFailedSeconds: 101 }]);
  });

  test.each([
    ["the address is not known", undefined, OFFICE],
    ["the address is none", "nowhere", OFFICE],
    ["nobody names networks", "192.0.2.0", {}],
  ])("is nobody's where %s", (_, source, settings) => {
    const watched = new Watched(settings);
    watched.ends(watched.asks(480, { source }), "held");
    watched.ends(watched.asks(480, { source, heard: true }), "held");
    watched.ends(watched.asks(480, { source, heard: false }), "lost");
    expect(watched.tracker.networks()).toEqual([]);
    expect(watched.kinds).toEqual(["unheard"]);
  });

  test("is told as a wall, after three answers that were not heard, until a longer silence is borne", () => {
    const watched = office();
    const held = (seconds: number, heard: boolean | undefined): Watched =>
      watched.ends(watched.asks(seconds, { source: "192.0.2.0", heard }), "held");
    held(480, undefined);
    for (let count = 0; count < 3; count += 1) held(480, false);
    expect(watched.kinds).toEqual(["unheard", "unheard", "unheard", "wallFound"]);
    expect(watched.tracker.figures()).toMatchObject({
      networks: { open: 0, suspected: 0, wall: 1 },
      shortestWall: { shortestFailedSeconds: 480, failedSamples: 3 },
    });
    held(480, true);
    expect(watched.found.at(-1)).toMatchObject({ kind: "wallLifted", network: "192.0.2.0/24" });
    expect(watched.tracker.figures()).toMatchObject({ networks: { open: 1, wall: 0 }, shortestWall: undefined });
  });

  test("is told as a wall after three losses", () => {
    const watched = office();
    for (let count = 0; count < 3; count += 1) watched.ends(watched.asks(480, { source: "192.0.2.0" }), "lost");
    expect(watched.found).toMatchObject([{ kind: "wallFound", bracket: { state: "wall", failedSamples: 3 } }]);
  });

  test("is followed for so many networks, the longest unseen forgotten first and counted", () => {
    const watched = new Watched({ ...OFFICE, networks: 1 });
    for (const source of ["a", "b"]) watched.ends(watched.asks(480, { source }), "lost");
    expect(watched.tracker.networks()).toMatchObject([{ network: "b/24" }]);
    expect(watched.tracker.figures()).toMatchObject({ forgottenNetworks: 1, networks: { suspected: 1 } });
  });
});

test("a collision is told and counted, by the command that came later", () => {
  const watched = new Watched();
  watched.asks(480, { collides: false });
  watched.asks(600, { command: "Sync", collides: true });
  expect(watched.found).toEqual([{ kind: "collided", device: PHONE, command: "Sync", at: 120_000 }]);
  const { Ping, Sync } = watched.tracker.figures().commands;
  expect([Ping.collisions, Sync.collisions]).toEqual([0, 1]);
});

test("Exchange's alert is raised and cleared for each command apart, and passes over intervals that are not known", () => {
  const watched = new Watched();
  for (let count = 0; count < 200; count += 1) watched.asks(480);
  watched.asks(undefined);
  for (let count = 0; count < 199; count += 1) watched.asks(480, { command: "Sync" });
  for (let count = 0; count < 14; count += 1) watched.asks(1380);
  expect(watched.found).toMatchObject([
    { kind: "alertRaised", alert: { command: "Ping", raised: true, meanSeconds: 480, samples: 200 } },
    { kind: "alertCleared", alert: { command: "Ping", raised: false, meanSeconds: 543, samples: 200 } },
  ]);
  expect(watched.tracker.alerts()).toMatchObject([
    { command: "Ping", raised: false },
    { command: "Sync", raised: false, samples: 199 },
  ]);
});

describe("what the server refuses", () => {
  test.each([
    ["serverFailed", 0, 1],
    ["serverFailed", 4.999, 1],
    ["rejected", 0, 1],
    ["serverFailed", 5, 0],
    ["rejected", 5, 0],
    ["cut", 0, 0],
    ["held", 0, 0],
  ] as const)("%s after %d s counts %d as refused, and no more as asked for the alert", (outcome, seconds, refused) => {
    const watched = new Watched().sees([900, "held"]);
    watched.ends(watched.asks(480), outcome, seconds);
    const { Ping, Sync } = watched.tracker.figures().commands;
    expect([Ping.refused, Sync.refused]).toEqual([refused, 0]);
    expect(Ping.alert).toMatchObject({ samples: 2 - refused, meanSeconds: refused === 1 ? 900 : 690 });
  });

  test.each([
    [400, 1],
    [401, 1],
    [499, 1],
    [408, 0],
    [399, 0],
    [500, 0],
  ])("with HTTP %i after a while counts %d: what blames the request has not waited", (httpStatus, refused) => {
    const watched = new Watched();
    watched.ends(watched.asks(480), "serverFailed", 60, false, httpStatus);
    expect(watched.tracker.figures().commands.Ping.refused).toBe(refused);
  });

  test("counts though its device was forgotten meanwhile", () => {
    const watched = new Watched({ devices: 1 });
    const exchange = watched.asks(480);
    watched.asks(480, { device: { ...PHONE, deviceId: "tablet" }, pauseMs: 0 });
    watched.ends(exchange, "serverFailed", 1);
    expect(watched.tracker.figures().commands.Ping).toMatchObject({ refused: 1, alert: { samples: 1 } });
  });
});

describe("a storm", () => {
  /** Pings every second, so many times. */
  function pinging(count: number, watched = new Watched()): Watched {
    for (let each = 0; each < count; each += 1) watched.asks(480, { pauseMs: 1000 });
    return watched;
  }

  test("begins with the tenth request in a row that came with next to no pause, and ends a minute after the last", () => {
    const watched = pinging(9);
    expect(watched.kinds).toEqual([]);
    pinging(50, watched);
    expect(watched.kinds).toEqual(["stormBegan"]);
    expect(watched.tracker.figures().commands.Ping).toMatchObject({ storms: 1, storming: 1 });
    watched.waits(59_999);
    expect(watched.kinds).toEqual(["stormBegan"]);
    watched.waits(1);
    expect(watched.found.at(-1)).toEqual({ kind: "stormEnded", device: PHONE, command: "Ping", at: 119_000 });
    expect(watched.tracker.figures().commands.Ping).toMatchObject({ storms: 1, storming: 0 });
  });

  test("is no burst of mail: what follows changes is hasty within a second only", () => {
    const burst = (pauseMs: number): Watched => {
      const watched = new Watched();
      for (let each = 0; each < 30; each += 1) watched.ends(watched.asks(480, { pauseMs, heard: true }), "changes", 0);
      return watched;
    };
    expect(burst(1000).kinds).toEqual([]);
    expect(burst(999).kinds).toEqual(["stormBegan"]);
  });

  test("ends with its device when that is forgotten", () => {
    const watched = pinging(10, new Watched({ devices: 1 }));
    watched.asks(480, { command: "Sync" });
    expect(watched.kinds).toEqual(["stormBegan", "stormEnded"]);
    expect(watched.tracker.figures()).toMatchObject({
      forgottenDevices: 1,
      commands: { Ping: { storming: 0 }, Sync: { storming: 0 } },
    });
    expect(watched.tracker.nextDeadline()).toBeUndefined();
  });
});

describe("figures", () => {
  test("count devices by state, also when they move or are forgotten", () => {
    const watched = new Watched({ devices: 2 });
    watched.sees([720, "held"], [720, "held"], [720, "held"]);
    watched.asks(480, { device: { ...PHONE, deviceId: "tablet" } });
    const { Ping, Sync } = watched.tracker.figures().commands;
    expect(Ping.devices).toEqual({ searching: 1, settled: 1, collapsed: 0 });
    expect(Sync.devices).toEqual({ searching: 0, settled: 0, collapsed: 0 });
    watched.asks(480, { device: { ...PHONE, deviceId: "watch" } });
    expect(watched.tracker.figures()).toMatchObject({
      forgottenDevices: 1,
      commands: { Ping: { devices: { searching: 2, settled: 0 } } },
    });
  });

  test("are those of the negotiations as they stand, whatever happens", () => {
    const ended = fc.constantFrom(...OUTCOMES.filter((outcome) => outcome !== "open"));
    const step = fc.record({
      deviceId: fc.constantFrom("a", "b", "c", "d"),
      command: fc.constantFrom<WaitingCommand>("Ping", "Sync"),
      seconds: fc.constantFrom(480, 720),
      outcome: ended,
      heard: fc.constantFrom(true, false, undefined),
      source: fc.constantFrom("x", "y", undefined),
      pauseMs: fc.constantFrom(0, 1000, 60_000),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (script) => {
        const watched = new Watched({ devices: 3, networks: 1, networkOf: (source) => source });
        for (const { deviceId, seconds, outcome, heard, ...asking } of script) {
          const device = { ...PHONE, deviceId };
          watched.ends(watched.asks(seconds, { ...asking, device, heard }), outcome);
        }
        const { commands, networks } = watched.tracker.figures();
        const negotiations = watched.tracker.negotiations();
        for (const command of ["Ping", "Sync"] as const)
          for (const state of ["searching", "settled", "collapsed"] as const) {
            const count = negotiations.filter((each) => each.command === command && each.state === state).length;
            expect(commands[command].devices[state]).toBe(count);
          }
        for (const state of ["open", "suspected", "wall"] as const)
          expect(networks[state]).toBe(watched.tracker.networks().filter((each) => each.state === state).length);
        watched.waits(60_000);
        expect([commands.Ping.storming >= 0, watched.tracker.figures().commands.Ping.storming]).toEqual([true, 0]);
        expect(watched.tracker.nextDeadline()).toBeUndefined();
      }),
    );
  });
});
