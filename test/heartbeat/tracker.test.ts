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
import { type Negotiation, Tracker } from "../../src/heartbeat/tracker.ts";

const PHONE: DeviceIdentity = { deviceId: "phone", user: "ann", deviceType: "SP" };

type Ended = ExchangeEnd["outcome"];

/** A tracker of one device that asks and is answered, a minute between exchanges. */
class Watched {
  readonly tracker: Tracker;
  #now = 0;
  #id = 0;

  constructor(tracker = new Tracker()) {
    this.tracker = tracker;
  }

  asks(seconds: number | undefined, device = PHONE, command: WaitingCommand = "Ping"): Exchange {
    this.#now += 60_000;
    this.#id += 1;
    const heartbeatIntervalSeconds = seconds;
    const exchange = { id: this.#id, flowId: 1, device, command, heartbeatIntervalSeconds, askedAt: this.#now };
    this.tracker.observe({ kind: "asked", exchange });
    return exchange;
  }

  ends(exchange: Exchange, outcome: Ended, waitedSeconds = exchange.heartbeatIntervalSeconds ?? 0): this {
    this.#now = exchange.askedAt + waitedSeconds * 1000;
    const ending = endingOf(outcome, "waiting");
    const end = { outcome, hop: undefined, action: undefined, ending, httpStatus: 200, status: 1, endedAt: this.#now };
    this.tracker.observe({ kind: "ended", exchange, end });
    return this;
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
  watched.asks(480, { ...PHONE, user: "bob" });
  watched.asks(600, PHONE, "Sync");
  watched.sees([720, "held"]);
  expect(watched.tracker.negotiations().map((one) => [one.device.user, one.command, one.askedSeconds])).toEqual([
    ["bob", "Ping", 480],
    ["ann", "Sync", 600],
    ["ann", "Ping", 720],
  ]);
  expect(watched.tracker.negotiation({ ...PHONE, deviceId: "x" }, "Ping")).toBeUndefined();
});

test("forgets the device longest unseen, and passes over the end of what it forgot", () => {
  const watched = new Watched(new Tracker({ followedDevices: 1 }));
  const forgotten = watched.asks(900);
  watched.asks(480, { ...PHONE, deviceId: "tablet" });
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
  watched.tracker.observe({ kind: "lateAnswer", exchange, at: 1 });
  watched.tracker.observe({ kind: "decodeFailed", flowId: 1, reason: "wbxml", at: 1 });
  expect(watched.phone).toEqual(before);
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
