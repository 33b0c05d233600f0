import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { PingRequest } from "../../src/activesync/ping.ts";
import type { SyncRequest } from "../../src/activesync/sync.ts";
import { Parking, type MailboxView, type ParkingEffect, type ParkingEvent } from "../../src/heartbeat/parking.ts";
import { play, type Row } from "../support/playbook.ts";
import { MINUTE, SECOND } from "./wire.ts";

const SETTINGS = { minimumSeconds: 60, maximumSeconds: 3540, maxFolders: 200, maxDevices: 3 };

/** Folders 1 and 5 exist; those listed hold news, for every device. */
function view(...news: readonly string[]): MailboxView {
  return {
    knows: (folderId) => folderId === "1" || folderId === "5",
    hasNews: (_owner, folderId) => news.includes(folderId),
    hasAnswer: (_owner, { collectionId, syncKey, commandCount }) =>
      syncKey === "0" || commandCount > 0 || news.includes(collectionId),
  };
}

const ANN = { user: "ann", deviceId: "d1" };
const FOLDERS = ["5", "1"].map((id) => ({ id, class: "Email" }));

function ping(id: number, body: PingRequest = { heartbeatIntervalSeconds: 480, folders: FOLDERS }, owner = ANN) {
  return { kind: "ping", id, owner, body } as const;
}

const WATCH: SyncRequest = { collections: [{ collectionId: "5", syncKey: "1", commandCount: 0 }], waitMinutes: 8 };

function sync(id: number, body: SyncRequest = WATCH, owner = ANN) {
  return { kind: "sync", id, owner, body } as const;
}

const changed = (folderId: string, user = "ann") => ({ kind: "changed", user, folderId }) as const;
const closed = (id: number) => ({ kind: "closed", id }) as const;
const pong = (id: number, status: number, folders?: readonly string[]) => {
  return { kind: "answerPing", id, body: folders === undefined ? { status } : { status, folders } };
};
const empty = (id: number) => ({ kind: "answerSync", id, body: undefined });

function run(events: readonly Row<ParkingEvent>[], until?: number, mailboxes = view()): readonly Row<ParkingEffect>[] {
  return play(new Parking(SETTINGS, mailboxes), events, until);
}

const annOn = (deviceId: string) => ({ user: "ann", deviceId });

describe("a Ping", () => {
  test("is answered Status 1 at its interval's end and not a ms before", () => {
    expect(run([[0, ping(1)]], 8 * MINUTE - 1)).toEqual([]);
    expect(run([[0, ping(1)]], 8 * MINUTE)).toEqual([[8 * MINUTE, pong(1, 1)]]);
  });

  test("is answered at once when a change arrives in a folder that it watches, and then no more", () => {
    const effects = run(
      [
        [0, ping(1)],
        [MINUTE, changed("1")],
        [2 * MINUTE, changed("5")],
      ],
      9 * MINUTE,
    );
    expect(effects).toEqual([[MINUTE, pong(1, 2, ["1"])]]);
  });

  test("does not care for other folders or other users", () => {
    const inbox = { heartbeatIntervalSeconds: 480, folders: FOLDERS.slice(0, 1) };
    expect(
      run([
        [0, ping(1, inbox)],
        [1, changed("1")],
        [2, changed("5", "bob")],
      ]),
    ).toEqual([]);
  });

  test("is answered at once when its folders hold news already", () => {
    expect(run([[0, ping(1)]], 0, view("1"))).toEqual([[0, pong(1, 2, ["1"])]]);
  });

  test("may leave out what the server keeps, also of a Ping that was answered at once", () => {
    const again = ping(2, {});
    expect(
      run(
        [
          [0, ping(1)],
          [0, closed(1)],
          [0, again],
        ],
        8 * MINUTE,
      ),
    ).toEqual([[8 * MINUTE, pong(2, 1)]]);
    expect(
      run(
        [
          [0, ping(1)],
          [0, again],
        ],
        0,
        view("5"),
      ),
    ).toEqual([
      [0, pong(1, 2, ["5"])],
      [0, pong(2, 2, ["5"])],
    ]);
  });

  test("that is refused changes nothing of what is kept", () => {
    const effects = run(
      [
        [0, ping(1)],
        [1, closed(1)],
        [1, ping(2, { heartbeatIntervalSeconds: 1 })],
        [2, ping(3, {})],
      ],
      8 * MINUTE + 2,
    );
    expect(effects).toEqual([
      [1, { kind: "answerPing", id: 2, body: { status: 5, heartbeatIntervalSeconds: 60 } }],
      [8 * MINUTE + 2, pong(3, 1)],
    ]);
  });

  test("is kept by user and device, and by a few devices only", () => {
    const events = ["d1", "d2", "d3", "d4"].map((id, index) => [0, ping(index, undefined, annOn(id))] as const);
    const effects = run([
      ...events,
      [1, ping(11, {}, annOn("d2"))],
      [1, ping(12, {}, annOn("d1"))],
      [1, ping(13, {}, { user: "bob", deviceId: "d2" })],
    ]);
    expect(effects).toEqual([
      [1, pong(1, 3)],
      [1, pong(0, 3)],
      [1, pong(12, 3)],
      [1, pong(13, 3)],
    ]);
  });

  test("whose connection is gone is not answered and not held", () => {
    const parking = new Parking(SETTINGS, view());
    parking.handle(ping(1), 0);
    expect(parking.size).toBe(1);
    parking.handle(closed(1), 1);
    parking.handle(closed(1), 2);
    expect(parking.size).toBe(0);
    expect(parking.nextDeadline()).toBeUndefined();
  });
});

describe("a Sync that waits", () => {
  test("is answered empty at its interval's end and not a ms before", () => {
    expect(run([[0, sync(1)]], 8 * MINUTE - 1)).toEqual([]);
    expect(run([[0, sync(1)]], 8 * MINUTE)).toEqual([[8 * MINUTE, empty(1)]]);
  });

  test("is run when a change arrives, and can't be repeated by an empty one then", () => {
    const effects = run([
      [0, sync(1)],
      [MINUTE, changed("5")],
      [MINUTE, sync(2, {})],
    ]);
    expect(effects).toEqual([
      [MINUTE, { kind: "runSync", id: 1, owner: ANN, body: WATCH, waitLimit: undefined }],
      [MINUTE, { kind: "answerSync", id: 2, body: { status: 13, collections: [] } }],
    ]);
  });

  test("is repeated by an empty one after an empty answer, wait and all", () => {
    const effects = run(
      [
        [0, sync(1)],
        [8 * MINUTE, sync(2, {})],
      ],
      16 * MINUTE,
    );
    expect(effects).toEqual([
      [8 * MINUTE, empty(1)],
      [16 * MINUTE, empty(2)],
    ]);
  });

  test.each<[string, SyncRequest, MailboxView]>([
    [
      "it starts a collection",
      { ...WATCH, collections: [{ collectionId: "5", syncKey: "0", commandCount: 0 }] },
      view(),
    ],
    ["it brings changes", { ...WATCH, collections: [{ collectionId: "5", syncKey: "1", commandCount: 1 }] }, view()],
    ["there is news", WATCH, view("5")],
  ])("is run at once when %s", (_title, body, mailboxes) => {
    expect(run([[0, sync(1, body)]], 0, mailboxes)).toMatchObject([
      [0, { kind: "runSync", id: 1, waitLimit: undefined }],
    ]);
  });

  test("is run at once, with the limit, when it asks for too long", () => {
    expect(run([[0, sync(1, { ...WATCH, waitMinutes: 60 })]])).toMatchObject([[0, { kind: "runSync", waitLimit: 59 }]]);
  });

  test("does not wake for a collection of which it wants no changes", () => {
    const deaf = { ...WATCH, collections: [{ collectionId: "5", syncKey: "1", commandCount: 0, getChanges: false }] };
    expect(
      run([
        [0, sync(1, deaf)],
        [1, changed("5")],
      ]),
    ).toEqual([]);
  });
});

describe("a Sync that does not wait", () => {
  const now: SyncRequest = { collections: WATCH.collections ?? [] };

  test("is answered empty when nothing is new", () => {
    expect(run([[0, sync(1, now)]])).toEqual([[0, empty(1)]]);
  });

  test("leaves a parked request alone", () => {
    expect(
      run(
        [
          [0, ping(1)],
          [MINUTE, sync(2, now)],
        ],
        8 * MINUTE,
      ),
    ).toEqual([
      [MINUTE, empty(2)],
      [8 * MINUTE, pong(1, 1)],
    ]);
  });
});

describe("a newer waiting request of the same device", () => {
  test.each<[string, ParkingEvent, ParkingEvent, object]>([
    ["a Ping, of a Ping", ping(1), ping(2), pong(1, 3)],
    ["a Sync, of a Ping", ping(1), sync(2), pong(1, 3)],
    ["a Ping, of a Sync", sync(1), ping(2), { kind: "answerSync", id: 1, body: { status: 16, collections: [] } }],
    ["a Sync, of a Sync", sync(1), sync(2), { kind: "answerSync", id: 1, body: { status: 16, collections: [] } }],
  ])("takes the place: %s", (_title, older, newer, answer) => {
    const effects = run(
      [
        [0, older],
        [SECOND, newer],
      ],
      8 * MINUTE + SECOND,
    );
    expect(effects[0]).toEqual([SECOND, answer]);
    expect(effects.slice(1)).toMatchObject([[8 * MINUTE + SECOND, { id: 2 }]]);
  });

  test("takes it also when it is answered at once itself", () => {
    const effects = run([
      [0, sync(1)],
      [1, sync(2, { ...WATCH, waitMinutes: 60 })],
    ]);
    expect(effects).toMatchObject([
      [1, { kind: "answerSync", id: 1 }],
      [1, { kind: "runSync", id: 2 }],
    ]);
  });

  test("does not concern another device of the user, and both hear of a change", () => {
    const second = { user: "ann", deviceId: "d2" };
    const effects = run([
      [0, ping(1)],
      [0, ping(2, undefined, second)],
      [MINUTE, changed("5")],
    ]);
    expect(effects).toEqual([
      [MINUTE, pong(1, 2, ["5"])],
      [MINUTE, pong(2, 2, ["5"])],
    ]);
  });
});

test("requests whose intervals end together are answered in the order in which they were parked", () => {
  const second = { user: "bob", deviceId: "d2" };
  const effects = run(
    [
      [0, ping(2)],
      [0, ping(1, undefined, second)],
    ],
    8 * MINUTE,
  );
  expect(effects.map(([, effect]) => effect.id)).toEqual([2, 1]);
});

test("every request that is not closed is answered exactly once, at the latest when its interval is over", () => {
  const owner = fc.record({ user: fc.constantFrom("ann", "bob"), deviceId: fc.constantFrom("d1", "d2") });
  const body = fc.record(
    { heartbeatIntervalSeconds: fc.integer({ min: 50, max: 300 }), folders: fc.subarray(FOLDERS) },
    { requiredKeys: [] },
  );
  const step = fc.oneof(
    fc.record({ kind: fc.constant("ping" as const), owner, body }),
    fc.record({
      kind: fc.constant("sync" as const),
      owner,
      body: fc.constantFrom<SyncRequest>(WATCH, {}, { waitMinutes: 99 }),
    }),
    fc.record({
      kind: fc.constant("changed" as const),
      user: fc.constantFrom("ann", "bob"),
      folderId: fc.constantFrom("1", "5", "9"),
    }),
    fc.record({ kind: fc.constant("closed" as const), id: fc.nat(30) }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(100_000), step), { maxLength: 30 }), (steps) => {
      let now = 0;
      const events = steps.map(([waitMs, event], id): Row<ParkingEvent> => {
        now += waitMs;
        return [now, event.kind === "ping" || event.kind === "sync" ? { ...event, id } : event];
      });
      const parking = new Parking(SETTINGS, view());
      const effects = play(parking, events, now + 8 * MINUTE);
      const answered = effects.map(([, effect]) => effect.id);
      expect(new Set(answered).size).toBe(answered.length);
      const gone = new Set(events.flatMap(([, event]) => (event.kind === "closed" ? [event.id] : [])));
      const due = events.flatMap(([, event]) => (event.kind === "ping" || event.kind === "sync" ? [event.id] : []));
      expect(answered).toEqual(expect.arrayContaining(due.filter((id) => !gone.has(id))));
      expect(parking.size).toBe(0);
      expect(parking.nextDeadline()).toBeUndefined();
    }),
    { numRuns: 200 },
  );
});
