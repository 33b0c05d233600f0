import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PingRequest } from "../../src/activesync/ping.ts";
import type { SyncRequest } from "../../src/activesync/sync.ts";
import { Driver } from "../../src/core/driver.ts";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import type { DecodeFailure, DeviceIdentity, ExchangeEnd, HeartbeatEvent } from "../../src/heartbeat/events.ts";
import { DeviceMemory } from "../../src/heartbeat/exchange-memory.ts";
import { type ExchangeSettings, Exchanges } from "../../src/heartbeat/exchange.ts";
import type { Answer, ExchangeEvent } from "../../src/heartbeat/exchange-events.ts";

const PHONE: DeviceIdentity = { deviceId: "phone", user: "ann", deviceType: "SP" };
const OTHER: DeviceIdentity = { deviceId: "other", user: "ann", deviceType: "SP" };
const MINUTES = 60_000;
const CARRIER = { kind: "pathEnded", hop: "carrier", byIdleTimeout: true, action: "drop" } as const;

/** A proxy's exchanges in virtual time, with everything they told. */
class Proxy {
  readonly exchanges: Exchanges;
  readonly told: HeartbeatEvent[] = [];
  readonly #scheduler = new VirtualScheduler();
  readonly #driver: Driver<ExchangeEvent, HeartbeatEvent>;

  constructor(settings?: ExchangeSettings) {
    this.exchanges = new Exchanges(settings);
    this.#driver = new Driver(this.exchanges, this.#scheduler, (event) => this.told.push(event));
  }

  sees(event: ExchangeEvent): this {
    this.#driver.dispatch(event);
    return this;
  }

  after(ms: number): this {
    this.#scheduler.runUntil(this.#scheduler.now() + ms);
    return this;
  }

  ping(flowId: number, body: PingRequest | DecodeFailure, device = PHONE, requestNumber = 1): this {
    return this.sees({ kind: "requested", flowId, requestNumber, device, command: "Ping", body });
  }

  sync(flowId: number, body: SyncRequest | DecodeFailure, device = PHONE, requestNumber = 1): this {
    return this.sees({ kind: "requested", flowId, requestNumber, device, command: "Sync", body });
  }

  other(flowId: number, device = PHONE): this {
    return this.sees({ kind: "requested", flowId, requestNumber: 1, device, command: "other" });
  }

  answer(flowId: number, answer: Answer, httpStatus = 200, requestNumber = 1): this {
    return this.sees(answered(flowId, requestNumber, httpStatus, answer));
  }

  /** What was told, in a word each: `asked 900`, `held`, `late`, `wbxml`. */
  get story(): readonly string[] {
    return this.told.map((event) => {
      if (event.kind === "asked") return `asked ${event.exchange.heartbeatIntervalSeconds ?? "?"}`;
      if (event.kind === "ended") return event.end.outcome;
      return event.kind === "lateAnswer" ? "late" : event.reason;
    });
  }

  get lastEnd() {
    return this.told.findLast((event) => event.kind === "ended")?.end;
  }
}

function answered(flowId: number, requestNumber: number, httpStatus: number, answer: Answer): ExchangeEvent {
  return { kind: "answered", flowId, requestNumber, httpStatus, ...answer };
}

const ping = (heartbeatIntervalSeconds: number): PingRequest => ({ heartbeatIntervalSeconds, folders: [] });
const COLLECTION = { collectionId: "1", syncKey: "3", commandCount: 0 };
const NOTHING_NEW: Answer = { command: "Ping", body: { status: 1 } };
const MAIL: Answer = { command: "Ping", body: { status: 2, folders: ["1"] } };
const EMPTY_SYNC: Answer = { command: "Sync", body: undefined };

function leaves(waitedMs: number): Proxy {
  const proxy = new Proxy().ping(1, ping(900)).after(waitedMs);
  return proxy.sees({ kind: "deviceLeft", flowId: 1 }).sees({ kind: "closed", flowId: 1 });
}

/** What is wrong with the order of events told: an exchange asked, ended and answered late at most once each. */
function faultsOf(told: readonly HeartbeatEvent[]): readonly string[] {
  const stage = new Map<number, "open" | "dead" | "over">();
  const faults: string[] = [];
  for (const event of told) {
    if (event.kind === "decodeFailed") continue;
    const { id, askedAt } = event.exchange;
    const before = stage.get(id) ?? (id === stage.size + 1 ? "new" : "unknown");
    const expected = { asked: "new", ended: "open", lateAnswer: "dead" } as const;
    if (before !== expected[event.kind]) faults.push(`${event.kind} ${id} when ${before}`);
    if (event.kind === "ended" && event.end.endedAt < askedAt) faults.push(`${id} ended before it was asked`);
    const dead = event.kind === "ended" && event.end.hop !== undefined;
    if (event.kind === "ended" && !lettersFit(event.end)) faults.push(`${id}: ${event.end.ending}`);
    stage.set(id, event.kind === "asked" ? "open" : dead ? "dead" : "over");
  }
  for (const [id, last] of stage) if (last === "open") faults.push(`${id} never ended`);
  return faults;
}

/** Whether the letters say no less and no more than everything else that is told. */
function lettersFit({ outcome, ending, httpStatus }: ExchangeEnd): boolean {
  const [who = "", phase = ""] = ending;
  if (!WHO[outcome].includes(who)) return false;
  return phase === "-" ? ["-", "S"].includes(who) : (phase === "W") === (httpStatus === undefined);
}

const WHO = {
  held: "-",
  changes: "-",
  rejected: "S",
  serverFailed: "S",
  expired: "T",
  cut: "H",
  lost: "N",
  withdrawn: "D",
};

test("exchanges are counted from 1, or numbered by whoever shares a process with others", () => {
  const ids = (settings?: ExchangeSettings): readonly unknown[] =>
    new Proxy(settings)
      .ping(1, ping(900))
      .ping(2, ping(900), OTHER)
      .told.map((event) => (event.kind === "asked" ? event.exchange.id : event.kind));
  const shared = [7, 9];
  expect(ids()).toEqual([1, 2]);
  expect(ids({ nextId: () => shared.shift() ?? NaN })).toEqual([7, 9]);
});

describe("an answer", () => {
  test("ends a Ping with its outcome, its statuses and its instant", () => {
    const proxy = new Proxy()
      .after(5)
      .ping(7, ping(900))
      .after(15 * MINUTES)
      .answer(7, NOTHING_NEW);
    const exchange = { id: 1, flowId: 7, device: PHONE, command: "Ping", heartbeatIntervalSeconds: 900, askedAt: 5 };
    const statuses = { ending: "--", httpStatus: 200, status: 1 };
    const end = { outcome: "held", hop: undefined, action: undefined, ...statuses, endedAt: 900_005 };
    expect(proxy.told).toEqual([
      { kind: "asked", exchange, collides: false },
      { kind: "ended", exchange, end },
    ]);
  });

  test("tells its size and the request's: that of its head once it has begun, all of it once it is whole", () => {
    const asked = { kind: "requested", flowId: 1, requestNumber: 1, device: PHONE, command: "Ping" } as const;
    const began = { kind: "answerBegan", flowId: 1, requestNumber: 1, httpStatus: 200, answerBytes: 120 } as const;
    const parked = (): Proxy => new Proxy().sees({ ...asked, body: ping(900), requestBytes: 350 }).sees(began);
    const cut = parked().sees({ ...CARRIER, flowId: 1 });
    const whole = parked().sees({ ...began, kind: "answered", ...NOTHING_NEW, answerBytes: 133 });
    expect([cut, whole].map(({ lastEnd }) => [lastEnd?.ending, lastEnd?.answerBytes])).toEqual([
      ["TA", 120],
      ["--", 133],
    ]);
    expect(whole.told[0]).toMatchObject({ kind: "asked", exchange: { requestBytes: 350 } });
  });

  test("is judged by the time that passed when its body does not tell", () => {
    const empty: Answer = { command: "Sync", body: { collections: [] } };
    const early = new Proxy()
      .sync(1, { waitMinutes: 8 })
      .after(479_000 - 1)
      .answer(1, empty);
    const due = new Proxy().sync(1, { waitMinutes: 8 }).after(479_000).answer(1, empty);
    expect([early.story, due.story]).toEqual([
      ["asked 480", "changes"],
      ["asked 480", "held"],
    ]);
  });

  test("that can't be read is told beside the outcome, also for a request that does not wait", () => {
    const proxy = new Proxy().ping(1, ping(900)).after(MINUTES).answer(1, { command: "Ping", body: "gzip" });
    expect(proxy.story).toEqual(["asked 900", "gzip", "changes"]);
    expect(new Proxy().answer(1, { command: "Sync", body: "wbxml" }).told).toEqual([
      { kind: "decodeFailed", flowId: 1, reason: "wbxml", at: 0 },
    ]);
  });

  test("ends only its own request when two wait on one flow", () => {
    const proxy = new Proxy().ping(1, ping(60), PHONE, 1).ping(1, ping(120), PHONE, 2);
    proxy.after(MINUTES).answer(1, NOTHING_NEW, 200, 1).after(MINUTES).answer(1, MAIL, 200, 2);
    expect(proxy.story).toEqual(["asked 60", "asked 120", "held", "changes"]);
  });

  test("to a request that never waited, or has ended, changes nothing", () => {
    const proxy = new Proxy().other(1).answer(1, NOTHING_NEW).ping(2, ping(60)).answer(2, MAIL).answer(2, MAIL);
    expect(proxy.sees({ kind: "answerBegan", flowId: 3, requestNumber: 1, httpStatus: 200 }).story).toEqual([
      "asked 60",
      "changes",
    ]);
  });
});

describe("the interval that the server remembers", () => {
  test("fills in empty and partial Pings", () => {
    const proxy = new Proxy().ping(1, ping(900)).answer(1, MAIL);
    proxy.ping(1, {}).answer(1, MAIL).ping(1, { folders: [] }).answer(1, MAIL);
    proxy.ping(1, { heartbeatIntervalSeconds: 480 }).answer(1, MAIL).ping(1, {});
    expect(proxy.story.filter((word) => word.startsWith("asked"))).toEqual([
      "asked 900",
      "asked 900",
      "asked 900",
      "asked 480",
      "asked 480",
    ]);
  });

  test("is unknown to an empty Ping that comes first", () => {
    expect(new Proxy().ping(1, {}).story).toEqual(["asked ?"]);
  });

  test("belongs to one device, one user and one command", () => {
    const proxy = new Proxy().ping(1, ping(900)).sync(1, { waitMinutes: 10 }, PHONE, 2);
    proxy
      .ping(2, {}, OTHER)
      .ping(3, {}, { ...PHONE, user: "bob" })
      .ping(1, {}, PHONE, 3)
      .sync(1, {}, PHONE, 4);
    proxy.ping(4, {}, { ...PHONE, deviceId: "phonea", user: "nn" });
    expect(proxy.story).toEqual(["asked 900", "asked 600", "asked ?", "asked ?", "asked 900", "asked 600", "asked ?"]);
  });

  test.each([
    ["Wait in minutes", { waitMinutes: 10 }, "asked 600"],
    ["HeartbeatInterval in seconds", { heartbeatIntervalSeconds: 610 }, "asked 610"],
    ["HeartbeatInterval, when both are there", { waitMinutes: 1, heartbeatIntervalSeconds: 610 }, "asked 610"],
  ])("comes from a Sync's %s and serves the empty and the partial Sync after it", (_, interval, word) => {
    const proxy = new Proxy().sync(1, { ...interval, collections: [COLLECTION] }).answer(1, EMPTY_SYNC);
    proxy
      .sync(1, {})
      .answer(1, EMPTY_SYNC)
      .sync(1, { partial: true, collections: [COLLECTION] });
    expect(proxy.story).toEqual([word, "held", word, "held", word]);
  });

  test("is none after a whole Sync that does not wait, so that the empty one after it does not wait either", () => {
    const proxy = new Proxy().sync(1, { waitMinutes: 10 }).answer(1, EMPTY_SYNC);
    proxy
      .sync(1, { collections: [COLLECTION] })
      .answer(1, EMPTY_SYNC)
      .sync(1, {});
    expect(proxy.story).toEqual(["asked 600", "held"]);
  });

  test("stays unknown for an empty Sync that comes first, which is taken to wait", () => {
    expect(new Proxy().sync(1, {}).story).toEqual(["asked ?"]);
  });

  test("is stored also by a Sync that does not wait because it brings changes of the device", () => {
    const proxy = new Proxy().sync(1, { waitMinutes: 10, collections: [{ ...COLLECTION, commandCount: 1 }] });
    expect(proxy.answer(1, EMPTY_SYNC).sync(1, {}).story).toEqual(["asked 600"]);
  });

  test("is unknown after a body that can't be read; such a Ping waits, such a Sync is not counted", () => {
    const proxy = new Proxy().ping(1, ping(900)).answer(1, MAIL).ping(1, "wbxml").answer(1, MAIL).ping(1, {});
    expect(proxy.story).toEqual(["asked 900", "changes", "wbxml", "asked ?", "changes", "asked ?"]);
    expect(new Proxy().sync(1, "too-large").story).toEqual(["too-large"]);
  });

  test.each([
    ["refused", { command: "Ping", body: { status: 5, heartbeatIntervalSeconds: 3540 } }, 200, "asked 900"],
    ["met with an HTTP error", { command: "Ping", body: undefined }, 503, "asked 900"],
    ["said to be missing", { command: "Ping", body: { status: 3 } }, 200, "asked ?"],
    ["taken, though the folders are out of date", { command: "Ping", body: { status: 7 } }, 200, "asked 6000"],
  ] as const)("after a Ping whose interval is %s", (_, answer, httpStatus, word) => {
    const proxy = new Proxy().ping(1, ping(900)).answer(1, MAIL).ping(1, ping(6000)).answer(1, answer, httpStatus);
    expect(proxy.ping(1, {}).story.at(-1)).toBe(word);
  });

  test("is not taken back when a later request has stored another", () => {
    const proxy = new Proxy().ping(1, ping(6000), PHONE, 1).ping(1, ping(480), PHONE, 2);
    proxy.answer(1, { command: "Ping", body: { status: 5 } }, 200, 1);
    expect(proxy.ping(1, {}, PHONE, 3).story.at(-1)).toBe("asked 480");
  });

  test("is not taken back when the refused request stored nothing", () => {
    const proxy = new Proxy().ping(1, ping(900)).answer(1, MAIL).ping(1, {});
    expect(
      proxy
        .answer(1, { command: "Ping", body: { status: 5 } })
        .ping(1, {})
        .story.at(-1),
    ).toBe("asked 900");
  });

  test("is forgotten for the device longest unseen when too many are remembered", () => {
    const proxy = new Proxy({ memory: new DeviceMemory(1) }).ping(1, ping(900)).ping(2, ping(480), OTHER);
    proxy.answer(1, { command: "Ping", body: { status: 3 } }).answer(2, MAIL);
    expect(proxy.exchanges.kept.remembered).toBe(1);
    expect(proxy.ping(2, {}, OTHER).ping(1, {}).story.slice(-2)).toEqual(["asked 480", "asked ?"]);
  });

  test("is forgotten first of all the listeners that share a memory, each listener's apart, and counted", () => {
    const memory = new DeviceMemory(2);
    const [mail, other] = [new Proxy({ memory, listener: "mail" }), new Proxy({ memory, listener: "other" })];
    mail.ping(1, ping(900));
    other.ping(1, ping(480));
    expect([memory.size, memory.forgottenCount]).toEqual([2, 0]);
    expect([mail, other].map((each) => each.ping(1, {}).story.at(-1))).toEqual(["asked 900", "asked 480"]);
    other.ping(2, ping(600), OTHER);
    expect([memory.size, memory.forgottenCount]).toEqual([2, 1]);
    expect(other.ping(1, {}).story.at(-1)).toBe("asked 480");
    expect(mail.ping(1, {}).story.at(-1)).toBe("asked ?");
  });
});

describe("a refused interval", () => {
  test.each<readonly [string, Proxy, Answer, number | undefined]>([
    ["Ping Status 5, in seconds", new Proxy().ping(1, ping(6000)), pingStatus(5, 3540), 3540],
    ["Sync Status 14 to Wait, in minutes", new Proxy().sync(1, { waitMinutes: 70 }), syncStatus(14, 59), 3540],
    [
      "Sync Status 14 to HeartbeatInterval, in seconds",
      new Proxy().sync(1, { heartbeatIntervalSeconds: 9 }),
      syncStatus(14, 60),
      60,
    ],
    [
      "Sync Status 14 to an empty Sync that repeats one with Wait",
      new Proxy().sync(1, { waitMinutes: 70 }).answer(1, EMPTY_SYNC).sync(1, {}),
      syncStatus(14, 59),
      3540,
    ],
    ["a status without a limit", new Proxy().ping(1, ping(6000)), pingStatus(5, undefined), undefined],
    ["a status whose limit is of collections", new Proxy().sync(1, { waitMinutes: 8 }), syncStatus(15, 200), undefined],
    ["a status that is about folders", new Proxy().ping(1, ping(480)), pingStatus(6, 60), undefined],
  ])("tells the server's limit: %s", (_, proxy, answer, limitSeconds) => {
    expect(proxy.answer(1, answer).lastEnd).toMatchObject({ outcome: "rejected", limitSeconds });
  });

  function pingStatus(status: number, heartbeatIntervalSeconds: number | undefined): Answer {
    return {
      command: "Ping",
      body: { status, ...(heartbeatIntervalSeconds !== undefined && { heartbeatIntervalSeconds }) },
    };
  }

  function syncStatus(status: number, limit: number): Answer {
    return { command: "Sync", body: { status, limit, collections: [] } };
  }
});

test("an exchange knows its device's address where the flow's is known", () => {
  const proxy = new Proxy({ sourceOf: (flowId) => `192.0.2.${flowId}` }).ping(7, ping(480));
  expect(proxy.told).toMatchObject([{ exchange: { source: "192.0.2.7" } }]);
});

describe("the end of the path", () => {
  test.each([
    [true, "expired"],
    [false, "cut"],
  ] as const)("ends what is parked; by an idle time-out (%s) as %s", (byIdleTimeout, outcome) => {
    const proxy = new Proxy().ping(1, ping(900)).after(13 * MINUTES);
    proxy.sees({ kind: "pathEnded", flowId: 1, hop: "carrier", byIdleTimeout, action: "reset" });
    const ending = byIdleTimeout ? "TW" : "HW";
    const rest = { ending, httpStatus: undefined, status: undefined, endedAt: 780_000 };
    expect(proxy.lastEnd).toEqual({ outcome, hop: "carrier", action: "reset", ...rest });
  });

  test("lets the server's answer be told as late, once, whether at its beginning or its end", () => {
    const proxy = new Proxy()
      .ping(1, ping(900), PHONE, 1)
      .ping(1, ping(960), PHONE, 2)
      .sees({ ...CARRIER, flowId: 1 });
    proxy.sees({ kind: "answerBegan", flowId: 1, requestNumber: 1, httpStatus: 200 });
    proxy.answer(1, NOTHING_NEW, 200, 1).answer(1, NOTHING_NEW, 200, 2).answer(1, NOTHING_NEW, 200, 2);
    proxy.sees({ kind: "closed", flowId: 1 }).after(60 * MINUTES);
    expect(proxy.story).toEqual(["asked 900", "asked 960", "expired", "expired", "late", "late"]);
  });

  test("tells the HTTP status of an answer that had begun", () => {
    const proxy = new Proxy().ping(1, ping(900));
    proxy.sees({ kind: "answerBegan", flowId: 1, requestNumber: 1, httpStatus: 200 }).sees({ ...CARRIER, flowId: 1 });
    expect(proxy.lastEnd).toMatchObject({ outcome: "expired", ending: "TA", httpStatus: 200 });
  });

  test("takes with it a request that was above the hops already, by its first cause", () => {
    const proxy = new Proxy().sees({ ...CARRIER, flowId: 1 }).sees({ ...CARRIER, flowId: 1, hop: "firewall" });
    proxy.ping(1, ping(900)).answer(1, NOTHING_NEW);
    expect(proxy.story).toEqual(["asked 900", "expired", "late"]);
    expect(proxy.lastEnd).toMatchObject({ hop: "carrier" });
  });

  test("is not undone by what follows on the flow, nor by the device's coming back", () => {
    const proxy = new Proxy()
      .ping(1, ping(900))
      .after(13 * MINUTES)
      .sees({ ...CARRIER, flowId: 1 });
    proxy.sees({ kind: "deviceLeft", flowId: 1 }).sees({ kind: "serverFailed", flowId: 1 }).ping(2, ping(480));
    expect(proxy.story).toEqual(["asked 900", "expired", "asked 480"]);
  });
});

describe("the server's failure", () => {
  test("ends everything parked on its flow", () => {
    const proxy = new Proxy().ping(1, ping(900), PHONE, 1).ping(1, ping(900), PHONE, 2);
    proxy.sees({ kind: "serverFailed", flowId: 1 }).sees({ kind: "closed", flowId: 1 });
    expect(proxy.story).toEqual(["asked 900", "asked 900", "serverFailed", "serverFailed"]);
  });

  test("on a flow without exchanges is nobody's outcome", () => {
    expect(new Proxy().sees({ kind: "serverFailed", flowId: 1 }).story).toEqual([]);
  });
});

describe("a device that leaves a parked request", () => {
  test("lost it at once when it had waited its interval, not a millisecond before", () => {
    expect(leaves(900_000).story).toEqual(["asked 900", "lost"]);
    expect(leaves(900_001).story).toEqual(["asked 900", "lost"]);
    expect(leaves(899_999).story).toEqual(["asked 900"]);
  });

  test("lost it when it comes back to wait", () => {
    expect(leaves(MINUTES).after(59_999).ping(2, ping(480)).story).toEqual(["asked 900", "lost", "asked 480"]);
  });

  test("withdrew it when it goes on to another command, or to a Sync that does not wait", () => {
    expect(leaves(MINUTES).after(59_999).other(2).story).toEqual(["asked 900", "withdrawn"]);
    expect(leaves(MINUTES).sync(2, { collections: [COLLECTION] }).story).toEqual(["asked 900", "withdrawn"]);
  });

  test("lost it when nothing comes within the window", () => {
    const proxy = leaves(MINUTES).after(59_999);
    expect([proxy.story, proxy.exchanges.open]).toEqual([["asked 900"], 1]);
    expect([proxy.after(1).story, proxy.exchanges.open]).toEqual([["asked 900", "lost"], 0]);
    expect(proxy.other(2).story).toEqual(["asked 900", "lost"]);
  });

  test("left it when it left, however late that is understood", () => {
    const leftAt = { endedAt: MINUTES };
    expect(leaves(MINUTES).after(10_000).other(2).lastEnd).toMatchObject({ outcome: "withdrawn", ...leftAt });
    expect(leaves(MINUTES).after(2 * MINUTES).lastEnd).toMatchObject({ outcome: "lost", ...leftAt });
  });

  test("is judged by its own requests, not by those of others", () => {
    expect(leaves(MINUTES).other(2, OTHER).ping(3, ping(60), OTHER).story).toEqual(["asked 900", "asked 60"]);
  });

  test("is not taken to have lost at once when its interval is not known", () => {
    const proxy = new Proxy()
      .ping(1, {})
      .after(60 * MINUTES)
      .sees({ kind: "deviceLeft", flowId: 1 });
    expect([proxy.story, proxy.other(2).story]).toEqual([["asked ?"], ["asked ?", "withdrawn"]]);
  });

  test("makes the server's answer, or its failure, pointless", () => {
    const proxy = new Proxy().ping(1, ping(900)).sees({ kind: "deviceLeft", flowId: 1 }).answer(1, MAIL);
    proxy
      .sees({ ...CARRIER, flowId: 1 })
      .sees({ kind: "serverFailed", flowId: 1 })
      .other(2);
    expect(proxy.story).toEqual(["asked 900", "withdrawn"]);
  });

  test("may leave several, each with a window of its own, settable", () => {
    const proxy = new Proxy({ leavingWindowMs: 1000 }).ping(1, ping(900)).ping(2, ping(480), OTHER);
    proxy.sees({ kind: "closed", flowId: 1 }).after(500).sees({ kind: "closed", flowId: 2 });
    expect(proxy.after(500).told.map((event) => event.kind)).toEqual(["asked", "asked", "ended"]);
    expect(proxy.exchanges.nextDeadline()).toBe(1500);
    expect(proxy.after(500).story.slice(2)).toEqual(["lost", "lost"]);
    expect(proxy.exchanges.nextDeadline()).toBeUndefined();
  });

  test.each([
    ["a second before leaving", 1000, "withdrawn"],
    ["longer before", 1001, "lost"],
  ])("withdrew it only if another command came no more than a second before: %s", (_, ms, outcome) => {
    const proxy = new Proxy().ping(1, ping(900)).after(MINUTES).other(2).after(ms);
    proxy.sees({ kind: "deviceLeft", flowId: 1 }).after(MINUTES);
    expect(proxy.story).toEqual(["asked 900", outcome]);
  });

  test("did not withdraw what it asked after the other command, or on the same flow", () => {
    const later = new Proxy().ping(1, ping(60), PHONE, 1).other(2).after(1).ping(1, ping(900), PHONE, 2);
    later.answer(1, MAIL, 200, 1).sees({ kind: "deviceLeft", flowId: 1 });
    expect([later.story.slice(2), later.after(MINUTES).story.slice(2)]).toEqual([["changes"], ["changes", "lost"]]);
    const same = new Proxy().ping(1, ping(900)).other(1).sees({ kind: "deviceLeft", flowId: 1 });
    expect([same.story, same.after(MINUTES).story]).toEqual([["asked 900"], ["asked 900", "lost"]]);
  });
});

describe("a device that comes back while its request is still parked", () => {
  test("lost it when it waits elsewhere, and the answer to it is nobody's any more", () => {
    const proxy = new Proxy().ping(1, ping(900)).after(MINUTES).sync(2, { waitMinutes: 8 }).answer(1, NOTHING_NEW);
    expect(proxy.story).toEqual(["asked 900", "lost", "asked 480"]);
  });

  test("keeps it when it asks something else beside it, or waits on the same flow", () => {
    const proxy = new Proxy().ping(1, ping(900)).other(2).sync(2, { collections: [] }).after(MINUTES);
    proxy.ping(1, ping(480), PHONE, 2);
    expect([proxy.story, proxy.exchanges.open]).toEqual([["asked 900", "asked 480"], 2]);
  });
});

describe("two waiting requests of one device at once", () => {
  function collisions({ told }: Proxy): readonly unknown[] {
    return told.flatMap((event) => (event.kind === "asked" ? [event.collides] : []));
  }

  test.each([
    ["on one flow", 1],
    ["on two flows", 2],
  ])("collide %s", (_, flowId) => {
    const proxy = new Proxy().ping(1, ping(480)).after(MINUTES).ping(flowId, ping(480), PHONE, 2);
    expect(collisions(proxy)).toEqual([false, true]);
  });

  test("collide as long as the interval of the older one is not over, or not known", () => {
    const after = (ms: number, body = ping(480)): readonly unknown[] =>
      collisions(new Proxy().ping(1, body).after(ms).ping(2, ping(480)));
    expect([after(479_999), after(480_000), after(9 * 60 * MINUTES, {})]).toEqual([
      [false, true],
      [false, false],
      [false, true],
    ]);
  });

  test.each<readonly [string, ExchangeEvent]>([
    ["was answered", answered(1, 1, 200, MAIL)],
    ["was left", { kind: "deviceLeft", flowId: 1 }],
    ["died with its path", { ...CARRIER, flowId: 1 }],
    [
      "has an answer that crosses the path",
      { kind: "answered", flowId: 1, requestNumber: 1, httpStatus: 200, crossing: true, ...NOTHING_NEW },
    ],
  ])("do not collide once the older one %s", (_, event) => {
    const proxy = new Proxy().ping(1, ping(480)).after(MINUTES).sees(event).ping(2, ping(480));
    expect(collisions(proxy)).toEqual([false, false]);
  });

  test("do not collide with a Sync that does not wait, nor with another device's", () => {
    const proxy = new Proxy()
      .ping(1, ping(480))
      .sync(2, { collections: [COLLECTION] })
      .ping(3, ping(480), OTHER);
    expect(collisions(proxy)).toEqual([false, false]);
  });

  test("the older one is lost because its device has returned, unless its connection ended first", () => {
    const returned = new Proxy().ping(1, ping(480)).ping(2, ping(480));
    expect(returned.lastEnd).toMatchObject({ outcome: "lost", returned: true });
    expect(leaves(MINUTES).ping(2, ping(480)).lastEnd).toMatchObject({ outcome: "lost", returned: undefined });
  });
});

describe("whether an answer was heard", () => {
  /** A Ping of 8 minutes on flow 1 that was held; then something happens, and the device waits again on flow 2. */
  function heard(seconds: number, ...between: readonly (ExchangeEvent | number)[]): boolean | undefined {
    const proxy = new Proxy()
      .ping(1, ping(480))
      .after(8 * MINUTES)
      .answer(1, NOTHING_NEW);
    for (const step of between) {
      if (typeof step === "number") proxy.after(step);
      else proxy.sees(step);
    }
    return lastHeard(proxy.ping(2, ping(seconds)));
  }

  function lastHeard({ told }: Proxy): boolean | undefined {
    return told.findLast((event) => event.kind === "asked")?.heard;
  }

  const CLOSED: ExchangeEvent = { kind: "closed", flowId: 1 };

  test("is said by a request on the same flow, however late", () => {
    const proxy = new Proxy().ping(1, ping(480)).answer(1, NOTHING_NEW).after(MINUTES).ping(1, ping(480), PHONE, 2);
    expect(lastHeard(proxy)).toBe(true);
  });

  test("is said by another command on the same flow, whatever becomes of that later", () => {
    expect(
      heard(480, MINUTES, { kind: "requested", flowId: 1, requestNumber: 2, device: PHONE, command: "other" }),
    ).toBe(true);
    const mail = new Proxy().ping(1, ping(480)).answer(1, MAIL).sync(1, { collections: [] }, PHONE, 2);
    expect(
      lastHeard(
        mail
          .sees({ ...CARRIER, flowId: 1 })
          .sees(CLOSED)
          .after(MINUTES)
          .ping(2, ping(480)),
      ),
    ).toBe(true);
  });

  test("is denied by a device that comes back elsewhere, later than at once, its old flow still open", () => {
    expect([heard(480, 3001), heard(240, 30_000), heard(480, 60 * MINUTES)]).toEqual([false, false, false]);
  });

  test("is left open by a device that comes back before its own timer can have run out", () => {
    const back = (afterMs: number) => new Proxy().ping(1, ping(900)).after(240_000).answer(1, MAIL).after(afterMs);
    expect(lastHeard(back(659_999).ping(2, ping(900)))).toBeUndefined();
    expect(lastHeard(back(660_000).ping(2, ping(900)))).toBe(false);
  });

  test("is said by a device that fetches within 3 s, on whatever flow", () => {
    const fetched = (afterMs: number) => new Proxy().ping(1, ping(480)).answer(1, MAIL).after(afterMs);
    const later = (proxy: Proxy) => lastHeard(proxy.after(60 * MINUTES).ping(3, ping(480)));
    expect(later(fetched(3000).other(2))).toBe(true);
    expect(later(fetched(3000).sync(2, { collections: [] }))).toBe(true);
    expect(later(fetched(3001).other(2))).toBe(false);
  });

  test("is not said by an RST, which a middlebox that has forgotten the flow sends too", () => {
    const reset = { kind: "deviceLeft", flowId: 1, byReset: true } as const;
    expect(heard(480, 100, reset, CLOSED, 60 * MINUTES)).toBe(false);
    expect(heard(480, 100, { ...reset, byReset: false }, CLOSED, 60 * MINUTES)).toBe(true);
  });

  test("is left open by a device that comes back at once", () => {
    expect([heard(480), heard(480, 3000)]).toEqual([undefined, undefined]);
  });

  test("is said by a device that asks for more", () => {
    expect([heard(481), heard(481, 60 * MINUTES), heard(720, { ...CARRIER, flowId: 1 })]).toEqual([true, true, true]);
  });

  test("is said by a flow that closes at once, and left open by one that closes later or that a hop ends", () => {
    expect(heard(480, 3000, CLOSED, 60 * MINUTES)).toBe(true);
    expect(heard(480, 3001, CLOSED, 60 * MINUTES)).toBeUndefined();
    expect(heard(480, { ...CARRIER, flowId: 1 }, CLOSED, 60 * MINUTES)).toBeUndefined();
    expect(heard(240, { ...CARRIER, flowId: 1 }, 60 * MINUTES)).toBeUndefined();
  });

  test("is not asked of what the server refused, nor twice", () => {
    const refused = new Proxy()
      .ping(1, ping(9))
      .answer(1, { command: "Ping", body: { status: 5 } })
      .after(MINUTES);
    expect(lastHeard(refused.ping(2, ping(480)))).toBeUndefined();
    const proxy = new Proxy().ping(1, ping(480)).answer(1, MAIL).after(MINUTES).ping(2, ping(480));
    expect(lastHeard(proxy.ping(2, ping(480), PHONE, 2))).toBeUndefined();
  });

  test("is denied whether or not the interval before is known", () => {
    const unknown = new Proxy().ping(1, {}).answer(1, MAIL).after(MINUTES).ping(2, ping(900));
    expect(lastHeard(unknown)).toBe(false);
  });

  test("is told of an answer that had to cross the path as of any other", () => {
    const proxy = new Proxy().ping(1, ping(480));
    proxy.sees({ kind: "answered", flowId: 1, requestNumber: 1, httpStatus: 200, crossing: true, ...MAIL });
    proxy.sees({ kind: "answerPassed", flowId: 1, requestNumber: 1 }).after(480_000).ping(2, ping(480));
    expect(lastHeard(proxy)).toBe(false);
  });

  test("is not told by a request of the other command", () => {
    const proxy = new Proxy().ping(1, ping(480)).answer(1, MAIL).after(MINUTES).sync(2, { waitMinutes: 8 });
    expect(lastHeard(proxy)).toBeUndefined();
    expect(lastHeard(proxy.after(480_000).ping(3, ping(480)))).toBe(false);
  });

  test("is not known once the device is forgotten", () => {
    const proxy = new Proxy({ memory: new DeviceMemory(1) })
      .ping(1, ping(480))
      .ping(3, ping(480), OTHER)
      .answer(1, MAIL);
    expect(lastHeard(proxy.after(MINUTES).ping(2, ping(480)))).toBeUndefined();
  });
});

test("expiring early, twice, or with nothing to expire does nothing", () => {
  const exchanges = new Exchanges();
  expect(exchanges.expire(1e9)).toEqual([]);
  const request = { kind: "requested", flowId: 1, requestNumber: 1, device: PHONE, command: "Ping" } as const;
  exchanges.handle({ ...request, body: ping(900) }, 0);
  exchanges.handle({ kind: "deviceLeft", flowId: 1 }, 10);
  expect(exchanges.expire(60_009)).toEqual([]);
  expect(exchanges.expire(60_010)).toHaveLength(1);
  expect(exchanges.expire(60_010)).toEqual([]);
});

describe("an answer that still crosses the path", () => {
  /** Parks a Ping on flow 1 and has it answered; a hop then holds that, or none does. */
  function crossing(hop: string | undefined, answer: Answer = NOTHING_NEW): Proxy {
    const proxy = new Proxy().ping(1, ping(60)).after(MINUTES);
    proxy.sees({ kind: "answerBegan", flowId: 1, requestNumber: 1, httpStatus: 200 });
    proxy.sees({ kind: "answered", flowId: 1, requestNumber: 1, httpStatus: 200, crossing: true, ...answer });
    return proxy.sees({ kind: "answersHeld", flowId: 1, hop });
  }

  test("ends nothing until it has passed, and then as the server's answer says", () => {
    const proxy = crossing("tunnel", MAIL);
    expect([proxy.story, proxy.exchanges.open]).toEqual([["asked 60"], 1]);
    proxy.after(5000).sees({ kind: "answerPassed", flowId: 1, requestNumber: 1 });
    expect(proxy.lastEnd).toMatchObject({ outcome: "changes", hop: undefined, status: 2, endedAt: 65_000 });
  });

  test.each<readonly [string, readonly ExchangeEvent[]]>([
    ["the device leaves", [{ kind: "deviceLeft", flowId: 1 }]],
    ["the device ends its side meanwhile", [{ kind: "answersMissed", flowId: 1 }]],
    ["the flow closes", [{ kind: "closed", flowId: 1 }]],
    [
      "the device asks anew on another flow",
      [{ kind: "requested", flowId: 2, requestNumber: 1, device: PHONE, command: "Ping", body: ping(60) }],
    ],
    ["a condition ends the flow", [{ ...CARRIER, flowId: 1, byIdleTimeout: false }]],
  ])("is cut by the hop that holds it when %s", (_what, events) => {
    const proxy = crossing("tunnel");
    for (const event of events) proxy.sees(event);
    expect(proxy.lastEnd).toMatchObject({ outcome: "cut", hop: "tunnel", action: "hold", httpStatus: 200 });
    proxy.sees({ kind: "answerPassed", flowId: 1, requestNumber: 1 });
    expect(proxy.story.slice(0, 2)).toEqual(["asked 60", "cut"]);
    expect(proxy.story).not.toContain("late");
  });

  test.each<readonly [string, ExchangeEvent]>([
    ["the device leaves", { kind: "deviceLeft", flowId: 1 }],
    ["the flow closes", { kind: "closed", flowId: 1 }],
    ["a condition ends the flow", { ...CARRIER, flowId: 1, byIdleTimeout: false }],
    ["an idle time-out ends the flow", { ...CARRIER, flowId: 1 }],
  ])("counts as it stands when no hop holds it and %s", (_what, event) => {
    expect(crossing(undefined).sees(event).lastEnd).toMatchObject({ outcome: "held", hop: undefined });
  });

  test("is expired when an idle time-out ends the flow while it is held", () => {
    const proxy = crossing("tunnel").sees({ ...CARRIER, flowId: 1 });
    expect(proxy.lastEnd).toMatchObject({ outcome: "expired", hop: "carrier", action: "drop" });
  });

  test("is not undone by the server's failure, nor by a device that ends its side when nothing is held", () => {
    const proxy = crossing("tunnel").sees({ kind: "serverFailed", flowId: 1 });
    expect(proxy.story).toEqual(["asked 60"]);
    proxy.sees({ kind: "answersHeld", flowId: 1, hop: undefined }).sees({ kind: "answersMissed", flowId: 1 });
    expect(proxy.story).toEqual(["asked 60"]);
  });

  test("that has only begun is cut by the hop that holds its beginning; one that has not is none of its business", () => {
    const held = (events: readonly ExchangeEvent[]): Proxy => {
      const proxy = new Proxy().ping(1, ping(60)).after(MINUTES);
      for (const event of events) proxy.sees(event);
      return proxy.sees({ kind: "answersHeld", flowId: 1, hop: "tunnel" }).sees({ kind: "answersMissed", flowId: 1 });
    };
    expect(held([{ kind: "answerBegan", flowId: 1, requestNumber: 1, httpStatus: 200 }]).story).toEqual([
      "asked 60",
      "cut",
    ]);
    expect(held([]).story).toEqual(["asked 60"]);
  });

  test("of a request that does not wait is nobody's", () => {
    expect(new Proxy().sees({ kind: "answerPassed", flowId: 1, requestNumber: 1 }).told).toEqual([]);
    expect(new Proxy().sees({ kind: "answersMissed", flowId: 1 }).told).toEqual([]);
  });
});

describe("any interleaving", () => {
  const FLOWS = 4;
  const flowId = fc.integer({ min: 1, max: FLOWS });
  const device = fc.constantFrom(PHONE, OTHER);
  const requestNumber = fc.integer({ min: 1, max: 3 });
  const answer = fc.constantFrom<Answer>(
    NOTHING_NEW,
    MAIL,
    EMPTY_SYNC,
    { command: "Ping", body: { status: 5 } },
    { command: "Ping", body: "wbxml" },
    { command: "Sync", body: { status: 13, collections: [] } },
  );
  const event: fc.Arbitrary<ExchangeEvent> = fc.oneof(
    fc.record({
      kind: fc.constant("requested" as const),
      flowId,
      requestNumber,
      device,
      command: fc.constant("Ping" as const),
      body: fc.constantFrom<PingRequest | DecodeFailure>({}, ping(60), ping(900), "gzip"),
    }),
    fc.record({
      kind: fc.constant("requested" as const),
      flowId,
      requestNumber,
      device,
      command: fc.constant("Sync" as const),
      body: fc.constantFrom<SyncRequest | DecodeFailure>(
        {},
        { waitMinutes: 2 },
        { collections: [COLLECTION] },
        "wbxml",
      ),
    }),
    fc.record({
      kind: fc.constant("requested" as const),
      flowId,
      requestNumber,
      device,
      command: fc.constant("other" as const),
    }),
    fc.record({
      kind: fc.constant("answerBegan" as const),
      flowId,
      requestNumber,
      httpStatus: fc.constantFrom(200, 503),
    }),
    fc
      .tuple(flowId, requestNumber, fc.constantFrom(200, 401), answer, fc.boolean())
      .map(([flow, number, httpStatus, body, crossing]) => {
        return { kind: "answered" as const, flowId: flow, requestNumber: number, httpStatus, crossing, ...body };
      }),
    fc.record({ kind: fc.constant("answerPassed" as const), flowId, requestNumber }),
    fc.record({ kind: fc.constant("answersHeld" as const), flowId, hop: fc.constantFrom("tunnel", undefined) }),
    fc.record({ kind: fc.constant("answersMissed" as const), flowId }),
    fc.record({
      kind: fc.constant("pathEnded" as const),
      flowId,
      hop: fc.constant("carrier"),
      byIdleTimeout: fc.boolean(),
      action: fc.constant("drop"),
    }),
    fc.record({ kind: fc.constantFrom("deviceLeft" as const, "serverFailed" as const, "closed" as const), flowId }),
  );

  test("ends every exchange asked exactly once, after its asking, and leaves nothing behind", () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 100_000 }), event), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (script) => {
        const proxy = new Proxy();
        for (const [ms, seen] of script) proxy.after(ms).sees(seen);
        for (let flow = 1; flow <= FLOWS; flow += 1) proxy.sees({ kind: "closed", flowId: flow });
        proxy.after(MINUTES);
        expect(faultsOf(proxy.told)).toEqual([]);
        expect(proxy.exchanges.open).toBe(0);
        expect(proxy.exchanges.kept).toMatchObject({ flows: 0, devices: 0 });
        expect(proxy.exchanges.nextDeadline()).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
