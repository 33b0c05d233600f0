import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CommandAnswer, CommandRequest } from "../../src/activesync/command.ts";
import type { PingResponse } from "../../src/activesync/ping.ts";
import type { SyncResponse } from "../../src/activesync/sync.ts";
import type { Machine } from "../../src/core/machine.ts";
import { Driver } from "../../src/core/driver.ts";
import { VirtualScheduler } from "../../src/core/virtual-scheduler.ts";
import type {
  ConnectionFailure,
  DeviceExchange,
  DeviceSessionEffect,
  DeviceSessionEvent,
} from "../../src/heartbeat/device-events.ts";
import { DeviceSession } from "../../src/heartbeat/device-session.ts";
import { FixedNegotiator } from "../../src/heartbeat/negotiators/fixed.ts";
import { modelSession } from "../../src/heartbeat/model-session.ts";
import { DEVICE_MODELS, deviceModel } from "../../src/heartbeat/negotiators/models.ts";
import { play, type Row } from "../support/playbook.ts";
import { HOUR, MINUTE, SECOND } from "./wire.ts";

type Numbered = DeviceSessionEvent & { kind: "answered" | "failed" };

/** What comes for a request, or another event; `play` numbers the replies. */
type Reply = Omit<Extract<Numbered, { kind: "answered" }>, "id"> | Omit<Extract<Numbered, { kind: "failed" }>, "id">;
type Given = Reply | Exclude<DeviceSessionEvent, Numbered>;

/** The device, with every reply taken for that to its last request. */
function repliedTo(device: DeviceSession): Machine<Given, DeviceSessionEffect> {
  let id = 0;
  const note = (effects: readonly DeviceSessionEffect[]) => {
    for (const effect of effects) if (effect.kind === "request") ({ id } = effect);
    return effects;
  };
  return {
    handle: (event, now) =>
      note(device.handle(event.kind === "answered" || event.kind === "failed" ? { ...event, id } : event, now)),
    nextDeadline: () => device.nextDeadline(),
    expire: (now) => note(device.expire(now)),
  };
}

function session(name = "windows-mobile", graceMs = 5 * SECOND): DeviceSession {
  const model = deviceModel(name);
  if (model === undefined) throw new Error(`no model ${name}`);
  return modelSession(model, model.defaults, { graceMs });
}

function answered(answer: CommandAnswer, retryAfterMs?: number): Reply {
  return retryAfterMs === undefined ? { kind: "answered", answer } : { kind: "answered", answer, retryAfterMs };
}

const pong = (body: PingResponse): Reply => answered({ command: "Ping", httpStatus: 200, body });
const synced = (body: SyncResponse): Reply => answered({ command: "Sync", httpStatus: 200, body });
const http = (command: CommandAnswer["command"], httpStatus: number): Reply => answered({ command, httpStatus });
const failed = (how: ConnectionFailure): Reply => ({ kind: "failed", how });

const item = { serverId: "f0:1", subject: "one" };
const key = (syncKey: string, status = 1, items = 0) => {
  const added = Array.from({ length: items }, () => item);
  return { collectionId: "f0", syncKey, status, added, moreAvailable: false, commandCount: items };
};

/** Everything that a device fetches before it waits. */
const SETUP: readonly Reply[] = [
  http("OPTIONS", 200),
  answered({
    command: "Provision",
    httpStatus: 200,
    body: { status: 1, policyType: "", policyStatus: 1, policyKey: "1" },
  }),
  answered({
    command: "Provision",
    httpStatus: 200,
    body: { status: 1, policyType: "", policyStatus: 1, policyKey: "2" },
  }),
  answered({
    command: "FolderSync",
    httpStatus: 200,
    body: { status: 1, added: [{ serverId: "f0", parentId: "0", displayName: "Inbox", type: 2 }] },
  }),
  synced({ collections: [key("1")] }),
  synced({ collections: [key("2")] }),
];

const READY: readonly Row<Given>[] = [{ kind: "start" as const }, ...SETUP].map((event) => [0, event]);

/** Plays what happens after the device began to wait at 0. */
function after(events: readonly Row<Given>[], until?: number, device = session()) {
  const effects = play(repliedTo(device), [...READY, ...events], until);
  return effects.slice(8);
}

/** What was asked, and when: the command, and for a Ping its body. */
function asked(effects: readonly Row<DeviceSessionEffect>[]): readonly unknown[] {
  return effects.flatMap(([at, effect]) => (effect.kind === "request" ? [[at, shape(effect.request)]] : []));
}

function shape(request: CommandRequest): unknown {
  return request.command === "Ping" ? request.body : request.command;
}

function records(effects: readonly Row<DeviceSessionEffect>[]): readonly DeviceExchange[] {
  return effects.flatMap(([, effect]) => (effect.kind === "concluded" ? [effect.record] : []));
}

function pauses(effects: readonly Row<DeviceSessionEffect>[]): readonly unknown[] {
  return effects.flatMap(([at, effect]) => (effect.kind === "paused" ? [[at, effect.pauseMs]] : []));
}

const WHOLE = (heartbeatIntervalSeconds: number) => ({
  heartbeatIntervalSeconds,
  folders: [{ id: "f0", class: "Email" }],
});

test("fetches what it must have, then waits; the policy key goes with all but OPTIONS and Ping", () => {
  const effects = play(repliedTo(session()), READY);
  const requests = effects.flatMap(([, effect]) => (effect.kind === "request" ? [effect] : []));
  expect(requests.map(({ request, policyKey }) => [request.command, policyKey])).toEqual([
    ["OPTIONS", undefined],
    ["Provision", undefined],
    ["Provision", "1"],
    ["FolderSync", "2"],
    ["Sync", "2"],
    ["Sync", "2"],
    ["Ping", undefined],
  ]);
  expect(effects.at(-2)).toEqual([
    0,
    { kind: "asked", asked: { number: 1, askedAt: 0, command: "Ping", heartbeatIntervalSeconds: 900 } },
  ]);
});

describe("its own timer", () => {
  const giveUpAt = 15 * MINUTE + 5 * SECOND;

  test("waits one ms less than interval and grace in peace", () => {
    expect(after([], giveUpAt - 1)).toEqual([]);
  });

  test("takes silence of interval and grace for no answer, and asks again on a new connection", () => {
    const effects = after([], giveUpAt);
    expect(effects.map(([at, effect]) => [at, effect.kind])).toEqual([
      [giveUpAt, "concluded"],
      [giveUpAt, "disconnect"],
      [giveUpAt, "asked"],
      [giveUpAt, "request"],
    ]);
    expect(records(effects)).toEqual([
      {
        number: 1,
        askedAt: 0,
        command: "Ping",
        heartbeatIntervalSeconds: 900,
        durationMs: giveUpAt,
        ending: { kind: "silence" },
        move: {
          kind: "lower",
          heartbeatIntervalSeconds: 480,
          reason: "no answer to 15 min, so the device falls to its minimum, 8 min",
          settled: false,
          askAgain: "atOnce",
        },
        pauseMs: 0,
        conclusion: "no answer to 15 min, so the device falls to its minimum, 8 min",
      },
    ]);
  });

  test.each([
    ["of the same instant", 5 * SECOND, giveUpAt],
    ["at the interval's end, when there is no grace", 0, 15 * MINUTE],
  ])("an answer %s comes too late, and does not pass for one to the next request", (_title, graceMs, at) => {
    const device = session("windows-mobile", graceMs);
    const machine = repliedTo(device);
    for (const [, event] of READY) machine.handle(event, 0);
    const late: DeviceSessionEvent = { ...pong({ status: 1 }), id: 7 };
    const effects = play(device, [[at, late]]);
    expect(records(effects).map((record) => record.ending.kind)).toEqual(["silence"]);
    expect(effects.at(-1)).toMatchObject([at, { kind: "request", id: 8 }]);
  });

  test("the end of an earlier request's connection is not that of the present one", () => {
    const device = session();
    const machine = repliedTo(device);
    for (const [, event] of READY) machine.handle(event, 0);
    expect(device.handle({ kind: "failed", id: 6, how: "closed" }, MINUTE)).toEqual([]);
    expect(device.handle({ kind: "failed", id: 7, how: "closed" }, MINUTE)).not.toEqual([]);
  });

  test.each([
    [0, 900_000],
    [900_000, 900_000],
    [900_001, 900_001],
    [1_200_000, 1_200_000],
  ])("with a read limit of %i ms, an interval of 15 min is given up after %i ms", (readLimitMs, givenUpAt) => {
    const device = new DeviceSession({
      negotiator: new FixedNegotiator({ initialSeconds: 900 }),
      waitingCommand: "Ping",
      protocolVersion: "12.1",
      graceMs: 0,
      readLimitMs,
    });
    const machine = repliedTo(device);
    for (const [, event] of READY) machine.handle(event, 0);
    expect(device.nextDeadline()).toBe(givenUpAt);
  });

  test("gives up an ordinary request after a limit of its own, when it has one", () => {
    const device = new DeviceSession({
      negotiator: new FixedNegotiator({ initialSeconds: 900 }),
      waitingCommand: "Ping",
      protocolVersion: "12.1",
      graceMs: 0,
      commandTimeoutMs: 90 * SECOND,
    });
    device.handle({ kind: "start" }, 0);
    expect(device.nextDeadline()).toBe(90 * SECOND);
  });

  test("gives up an ordinary request after 30 s and pauses", () => {
    const effects = play(session(), [[0, { kind: "start" }]], 30 * SECOND + 15 * SECOND);
    expect(effects.slice(1)).toEqual([
      [30 * SECOND, { kind: "disconnect" }],
      [
        30 * SECOND,
        { kind: "paused", pauseMs: 15 * SECOND, reason: "no answer to OPTIONS in 30 s, after a pause of 15 s" },
      ],
      [45 * SECOND, { kind: "request", id: 2, request: { command: "OPTIONS" }, policyKey: undefined }],
    ]);
  });
});

/** A change that is told and not found. */
const announcement = (at: number): readonly Row<Given>[] => [
  [at, pong({ status: 2, folders: ["f0"] })],
  [at, answered({ command: "Sync", httpStatus: 200 })],
];

describe("after an answer to a Ping", () => {
  test("held raises and sends only the interval", () => {
    const effects = after([[15 * MINUTE, pong({ status: 1 })]]);
    expect(asked(effects)).toEqual([[15 * MINUTE, { heartbeatIntervalSeconds: 1140 }]]);
  });

  test("changes have their folders fetched, as long as there is more, and then an empty body", () => {
    const more = { ...key("3", 1, 1), moreAvailable: true };
    const effects = after([
      [MINUTE, pong({ status: 2, folders: ["f0"] })],
      [MINUTE + 1, synced({ collections: [more] })],
      [MINUTE + 2, synced({ collections: [key("4", 1, 1)] })],
    ]);
    expect(asked(effects)).toEqual([
      [MINUTE, "Sync"],
      [MINUTE + 1, "Sync"],
      [MINUTE + 2, {}],
    ]);
  });

  const AGAIN = WHOLE(900);
  test.each<[string, Reply, readonly unknown[]]>([
    ["Status 3", pong({ status: 3 }), [AGAIN]],
    ["Status 4", pong({ status: 4 }), [AGAIN]],
    ["Status 5", pong({ status: 5, heartbeatIntervalSeconds: 600 }), [WHOLE(600)]],
    ["Status 6", pong({ status: 6, maxFolders: 1 }), [AGAIN]],
    ["Status 7", pong({ status: 7 }), ["FolderSync"]],
    ["Status 142", pong({ status: 142 }), ["Provision"]],
    ["HTTP 449", http("Ping", 449), ["Provision"]],
    ["HTTP 504", http("Ping", 504), [WHOLE(480)]],
    ["a reset", failed("reset"), [WHOLE(480)]],
    ["a FIN", failed("closed"), [WHOLE(480)]],
  ])("%s makes it ask at once", (_title, reply, requests) => {
    const effects = after([[MINUTE, reply]]);
    expect(asked(effects)).toEqual(requests.map((request) => [MINUTE, request]));
    expect(records(effects)[0]).toMatchObject({ pauseMs: 0, durationMs: MINUTE });
  });

  test.each<[string, Reply, number]>([
    ["Status 8", pong({ status: 8 }), 15 * SECOND],
    ["an unknown Status", pong({ status: 177 }), 15 * SECOND],
    ["no body", http("Ping", 200), 15 * SECOND],
    ["the answer to another command", http("OPTIONS", 200), 15 * SECOND],
    ["HTTP 500", http("Ping", 500), 15 * SECOND],
    ["HTTP 451", http("Ping", 451), 15 * SECOND],
    ["HTTP 401", http("Ping", 401), 15 * MINUTE],
    ["HTTP 403", http("Ping", 403), 15 * MINUTE],
    ["HTTP 503", http("Ping", 503), 5 * MINUTE],
    ["HTTP 503 with Retry-After", answered({ command: "Ping", httpStatus: 503 }, MINUTE), MINUTE],
    ["HTTP 503 with a hasty Retry-After", answered({ command: "Ping", httpStatus: 503 }, 0), 15 * SECOND],
    ["HTTP 503 with an endless Retry-After", answered({ command: "Ping", httpStatus: 503 }, 1e12), 24 * HOUR],
    ["a refused connection", failed("refused"), 15 * SECOND],
    ["an unreachable server", failed("unreachable"), 15 * SECOND],
    ["an untrusted server", failed("untrusted"), 15 * SECOND],
  ])("%s makes it pause, give up its connection, and ask the same again", (_title, reply, pauseMs) => {
    const effects = after([[MINUTE, reply]], MINUTE + pauseMs);
    expect(effects.map(([at, effect]) => [at, effect.kind])).toEqual([
      [MINUTE, "concluded"],
      [MINUTE, "disconnect"],
      [MINUTE, "paused"],
      [MINUTE + pauseMs, "asked"],
      [MINUTE + pauseMs, "request"],
    ]);
    expect(records(effects)[0]).toMatchObject({ pauseMs, move: { kind: "repeat", heartbeatIntervalSeconds: 900 } });
  });

  test("the record says that it pauses", () => {
    const [record] = records(after([[MINUTE, pong({ status: 8 })]]));
    expect(record?.conclusion).toBe(
      "the server refused 15 min with Status 8, so the device asks the same again, after a pause of 15 s",
    );
  });

  test.each([3, 4, 7])("the same remedy for Status %i a second time in a row waits for a pause", (status) => {
    const replies = [pong({ status }), ...(status === 7 ? [SETUP[3]] : []), pong({ status })];
    const effects = after(replies.flatMap((reply) => (reply === undefined ? [] : [[SECOND, reply] as const])));
    expect(pauses(effects)).toEqual([[SECOND, 15 * SECOND]]);
  });

  test("a reset within 2 s is paced, one after 2 s is not", () => {
    expect(pauses(after([[2 * SECOND - 1, failed("reset")]]))).toEqual([[2 * SECOND - 1, 15 * SECOND]]);
    expect(pauses(after([[2 * SECOND, failed("reset")]]))).toEqual([]);
  });

  test("a Ping that is answered at once as if it had been held is paced", () => {
    expect(pauses(after([[0, pong({ status: 1 })]]))).toEqual([[0, 15 * SECOND]]);
  });

  test("pauses double while nothing works, and begin again once a Ping has held", () => {
    const effects = after([
      [MINUTE, failed("refused")],
      [MINUTE + 20 * SECOND, failed("refused")],
      [2 * MINUTE, pong({ status: 1 })],
      [3 * MINUTE, failed("refused")],
    ]);
    expect(pauses(effects).map((pause) => pause)).toEqual([
      [MINUTE, 15 * SECOND],
      [MINUTE + 20 * SECOND, 30 * SECOND],
      [3 * MINUTE, 15 * SECOND],
    ]);
  });

  test("the third announcement in a row of which no Sync finds a change costs 5 min", () => {
    const effects = after(
      [...announcement(MINUTE), ...announcement(2 * MINUTE), ...announcement(3 * MINUTE)],
      8 * MINUTE,
    );
    expect(pauses(effects)).toEqual([[3 * MINUTE, 5 * MINUTE]]);
    expect(asked(effects).at(-1)).toEqual([8 * MINUTE, {}]);
  });
});

describe("after an answer to an ordinary request", () => {
  const changed: readonly Row<Given>[] = [[MINUTE, pong({ status: 2, folders: ["f0"] })]];

  test.each<[string, Reply, string]>([
    ["Status 3 of a collection", synced({ collections: [key("0", 3)] }), "Sync"],
    ["Status 3 of the whole", synced({ status: 3, collections: [] }), "Sync"],
    ["Status 4", synced({ status: 4, collections: [] }), "Sync"],
    ["Status 12", synced({ status: 12, collections: [] }), "FolderSync"],
    ["Status 15", synced({ status: 15, limit: 1, collections: [] }), "Sync"],
    ["Status 15 without a limit", synced({ status: 15, collections: [] }), "Sync"],
    ["Status 16", synced({ status: 16, collections: [] }), "Sync"],
    ["HTTP 449", http("Sync", 449), "Provision"],
    ["Status 143", synced({ status: 143, collections: [] }), "Provision"],
  ])("%s makes it ask at once", (_title, reply, command) => {
    const effects = after([...changed, [MINUTE, reply]]);
    expect(asked(effects)).toEqual([
      [MINUTE, "Sync"],
      [MINUTE, command],
    ]);
  });

  test.each<[string, Reply, number, string]>([
    ["Status 5", synced({ status: 5, collections: [] }), 15 * SECOND, "Sync was answered Status 5"],
    ["HTTP 500", http("Sync", 500), 15 * SECOND, "Sync was answered HTTP 500"],
    ["HTTP 403", http("Sync", 403), 15 * MINUTE, "Sync was answered HTTP 403"],
    ["HTTP 503", http("Sync", 503), 5 * MINUTE, "Sync was answered HTTP 503"],
    ["another answer", http("OPTIONS", 200), 15 * SECOND, "Sync was answered without what it asked"],
    ["reset", failed("reset"), 15 * SECOND, "Sync: the connection was reset"],
    ["closed", failed("closed"), 15 * SECOND, "Sync: the connection was closed without an answer"],
    ["refused", failed("refused"), 15 * SECOND, "Sync: the connection was refused"],
    ["unreachable", failed("unreachable"), 15 * SECOND, "Sync: the server cannot be reached"],
    ["untrusted", failed("untrusted"), 15 * SECOND, "Sync: the server's certificate is not trusted"],
  ])("%s makes it pause and say why", (_title, reply, pauseMs, reason) => {
    const effects = after([...changed, [MINUTE, reply]], MINUTE + pauseMs);
    const words = pauseMs < MINUTE ? `${pauseMs / SECOND} s` : `${pauseMs / MINUTE} min`;
    expect(effects.slice(-3)).toMatchObject([
      [MINUTE, { kind: "disconnect" }],
      [MINUTE, { kind: "paused", pauseMs, reason: `${reason}, after a pause of ${words}` }],
      [MINUTE + pauseMs, { kind: "request", request: { command: "Sync" } }],
    ]);
  });
});

const waiting = (events: readonly Row<Given>[]) => after(events, undefined, session("windows-mobile-6.1"));

describe("a device that waits with Sync", () => {
  test("takes items from the answer itself, and repeats a held request with an empty body at the same interval", () => {
    const effects = waiting([
      [MINUTE, synced({ collections: [key("3", 1, 1)] })],
      [16 * MINUTE, answered({ command: "Sync", httpStatus: 200 })],
    ]);
    expect(records(effects).map((record) => record.ending.kind)).toEqual(["changes", "held"]);
    const requests = effects.flatMap(([, effect]) => (effect.kind === "request" ? [effect.request] : []));
    expect(requests).toMatchObject([
      { command: "Sync", body: { waitMinutes: 15, collections: [{ syncKey: "3" }] } },
      { command: "Sync", body: { waitMinutes: 19, collections: [{ syncKey: "3" }] } },
    ]);
  });

  test("obeys the limit of Status 14", () => {
    const effects = waiting([[MINUTE, synced({ status: 14, limit: 10, collections: [] })]]);
    expect(records(effects)[0]?.move).toMatchObject({ kind: "lower", heartbeatIntervalSeconds: 600 });
  });

  test("sends the whole request when the server has none stored", () => {
    const effects = waiting([[MINUTE, synced({ status: 13, collections: [] })]]);
    expect(effects.at(-1)).toMatchObject([MINUTE, { request: { body: { waitMinutes: 15 } } }]);
  });
});

describe("what does not concern it", () => {
  const pausing: readonly Row<Given>[] = [[MINUTE, failed("refused")]];
  test.each<[string, readonly Row<Given>[]]>([
    ["a second start", [[MINUTE, { kind: "start" }]]],
    ["an answer while it pauses", [...pausing, [MINUTE + 1, pong({ status: 1 })]]],
    ["the end of a connection while it pauses", [...pausing, [MINUTE + 1, failed("closed")]]],
    [
      "an answer after it stopped",
      [
        [MINUTE, { kind: "stop" }],
        [MINUTE + 1, pong({ status: 1 })],
      ],
    ],
    [
      "a second stop",
      [
        [MINUTE, { kind: "stop" }],
        [MINUTE + 1, { kind: "stop" }],
      ],
    ],
  ])("%s does nothing", (_title, events) => {
    const effects = after(events);
    expect(effects.filter(([at]) => at > MINUTE)).toEqual([]);
    expect(asked(effects)).toEqual([]);
  });

  test("stopped, it gives up its connection and asks nothing more", () => {
    expect(after([[MINUTE, { kind: "stop" }]], HOUR)).toEqual([[MINUTE, { kind: "disconnect" }]]);
  });
});

/** Answers of every kind, sensible or not, none of which brings an item. */
const hostile: fc.Arbitrary<Reply> = fc.oneof(
  fc.constantFrom<Reply>(...SETUP, pong({ status: 1 }), pong({ status: 2, folders: ["f0"] })),
  fc.constantFrom<ConnectionFailure>("reset", "closed", "refused", "unreachable", "untrusted").map(failed),
  fc
    .record({ status: fc.integer({ min: 0, max: 17 }), limit: fc.integer({ min: -5, max: 5000 }) })
    .map(({ status, limit }) => pong({ status, maxFolders: limit, heartbeatIntervalSeconds: limit })),
  fc
    .record({ status: fc.integer({ min: 0, max: 17 }), own: fc.integer({ min: 1, max: 16 }), more: fc.boolean() })
    .map(({ status, own, more }) => synced({ status, collections: [{ ...key("5", own), moreAvailable: more }] })),
  fc
    .record({
      command: fc.constantFrom("OPTIONS", "Provision", "FolderSync", "Sync", "Ping"),
      httpStatus: fc.constantFrom(200, 400, 401, 449, 451, 500, 502, 503, 504),
    })
    .map(({ command, httpStatus }) => http(command, httpStatus)),
);

test.each(DEVICE_MODELS.map((model) => model.name))(
  "%s makes a bounded number of requests an hour, whatever comes back at whatever time",
  (name) => {
    fc.assert(
      fc.property(
        fc.array(hostile, { minLength: 1, maxLength: 12 }),
        fc.constantFrom(0, 1, 999),
        (replies, delayMs) => {
          expect(requestsIn(HOUR, name, replies, delayMs)).toBeLessThan(400);
        },
      ),
      { numRuns: 300 },
    );
  },
);

/** A server that first plays its part and then gives the same replies again and again, each after the delay. */
function requestsIn(durationMs: number, name: string, replies: readonly Reply[], delayMs: number): number {
  const scheduler = new VirtualScheduler();
  let count = 0;
  const driver = new Driver<DeviceSessionEvent, DeviceSessionEffect>(session(name), scheduler, (effect) => {
    if (effect.kind !== "request") return;
    const { id } = effect;
    const reply = SETUP[count] ?? replies[count % replies.length];
    count += 1;
    expect(count).toBeLessThan(10_000);
    scheduler.schedule(scheduler.now() + delayMs, () => {
      if (reply !== undefined) driver.dispatch({ ...reply, id });
    });
  });
  driver.dispatch({ kind: "start" });
  scheduler.runUntil(durationMs);
  return count;
}
