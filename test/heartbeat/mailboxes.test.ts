import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SyncRequestCollection, SyncResponseCollection } from "../../src/activesync/sync.ts";
import { INBOX_ID, Mailboxes } from "../../src/heartbeat/mailboxes.ts";

const SETTINGS = { maxMailboxes: 3, maxItems: 5, maxDevicesOfUser: 2 };
const ANN = { user: "ann", deviceId: "d1" };

function inbox(syncKey: string, changes: Partial<SyncRequestCollection> = {}): SyncRequestCollection {
  return { collectionId: INBOX_ID, syncKey, commandCount: 0, ...changes };
}

function sync(
  mailboxes: Mailboxes,
  collection: SyncRequestCollection,
  owner = ANN,
): SyncResponseCollection | undefined {
  return mailboxes.sync(owner, { collections: [collection] }).collections[0];
}

function subjects(answer: SyncResponseCollection | undefined): readonly string[] {
  return answer?.added.map((item) => item.subject) ?? [];
}

/** A mailbox in which the device holds key 1 and nothing has arrived. */
function begun(): Mailboxes {
  const mailboxes = new Mailboxes(SETTINGS);
  sync(mailboxes, inbox("0"));
  return mailboxes;
}

test("the first Sync gives a key, the next the items that are there", () => {
  const mailboxes = new Mailboxes(SETTINGS);
  mailboxes.deliver("ann", INBOX_ID, "one");
  expect(mailboxes.hasNews(ANN, INBOX_ID)).toBe(false);
  expect(sync(mailboxes, inbox("0"))).toEqual({
    collectionId: INBOX_ID,
    syncKey: "1",
    status: 1,
    added: [],
    moreAvailable: false,
    commandCount: 0,
  });
  expect(mailboxes.hasNews(ANN, INBOX_ID)).toBe(true);
  expect(sync(mailboxes, inbox("1"))).toEqual({
    collectionId: INBOX_ID,
    syncKey: "2",
    status: 1,
    added: [{ serverId: "5:1", subject: "one" }],
    moreAvailable: false,
    commandCount: 1,
  });
  expect(mailboxes.hasNews(ANN, INBOX_ID)).toBe(false);
});

test("a collection with nothing to say is left out", () => {
  expect(begun().sync(ANN, { collections: [inbox("1")] })).toEqual({ collections: [] });
});

test("each device of a user gets every item", () => {
  const mailboxes = begun();
  const second = { user: "ann", deviceId: "d2" };
  sync(mailboxes, inbox("0"), second);
  mailboxes.deliver("ann", INBOX_ID, "one");
  mailboxes.deliver("bob", INBOX_ID, "not hers");
  expect(subjects(sync(mailboxes, inbox("1")))).toEqual(["one"]);
  expect(subjects(sync(mailboxes, inbox("1"), second))).toEqual(["one"]);
});

describe("a device that comes back with the key before the last", () => {
  test("gets again what the lost answer brought, and what came since", () => {
    const mailboxes = begun();
    mailboxes.deliver("ann", INBOX_ID, "one");
    expect(subjects(sync(mailboxes, inbox("1")))).toEqual(["one"]);
    mailboxes.deliver("ann", INBOX_ID, "two");
    expect(mailboxes.hasAnswer(ANN, inbox("1"))).toBe(true);
    const again = sync(mailboxes, inbox("1"));
    expect(subjects(again)).toEqual(["one", "two"]);
    expect(again?.syncKey).toBe("3");
  });

  test("gets it as often as it comes back", () => {
    const mailboxes = begun();
    mailboxes.deliver("ann", INBOX_ID, "one");
    for (const _ of [1, 2, 3]) expect(subjects(sync(mailboxes, inbox("1")))).toEqual(["one"]);
  });
});

test.each(["7", "", "x", "1 "])("a key that was never given (%j) is Status 3", (syncKey) => {
  expect(sync(begun(), inbox(syncKey))).toMatchObject({ status: 3, syncKey: "0" });
});

test("a key of a device that never began is Status 3, and so is one from two answers ago", () => {
  expect(sync(new Mailboxes(SETTINGS), inbox("1"))).toMatchObject({ status: 3 });
  const mailboxes = begun();
  for (const key of ["1", "2"]) sync(mailboxes, inbox(key, { commandCount: 1 }));
  expect(sync(mailboxes, inbox("1"))).toMatchObject({ status: 3 });
});

test("beginning again gives a key that was never used before, and all items", () => {
  const mailboxes = begun();
  mailboxes.deliver("ann", INBOX_ID, "one");
  sync(mailboxes, inbox("1"));
  expect(sync(mailboxes, inbox("0"))?.syncKey).toBe("3");
  expect(subjects(sync(mailboxes, inbox("3")))).toEqual(["one"]);
});

test("a folder that is not there is Status 12 and takes no mail", () => {
  const mailboxes = begun();
  expect(sync(mailboxes, inbox("0", { collectionId: "99" }))).toMatchObject({ collectionId: "99", status: 12 });
  expect(mailboxes.knows("99")).toBe(false);
  expect(mailboxes.knows("1")).toBe(true);
  expect(mailboxes.hasNews(ANN, "99")).toBe(false);
  expect(mailboxes.deliver("ann", "99", "lost")).toBe(false);
});

test("commands of the device are answered with a new key, and no items when it wants none", () => {
  const mailboxes = begun();
  mailboxes.deliver("ann", INBOX_ID, "one");
  const answer = sync(mailboxes, inbox("1", { commandCount: 2, getChanges: false }));
  expect(answer).toMatchObject({ syncKey: "2", added: [], moreAvailable: false });
  expect(subjects(sync(mailboxes, inbox("2")))).toEqual(["one"]);
});

test("without a wish for changes there is nothing to say, news or not", () => {
  const mailboxes = begun();
  mailboxes.deliver("ann", INBOX_ID, "one");
  expect(mailboxes.hasAnswer(ANN, inbox("1", { getChanges: false }))).toBe(false);
  expect(mailboxes.hasAnswer(ANN, inbox("1"))).toBe(true);
});

describe("windows", () => {
  test("bring what fits and say that there is more", () => {
    const mailboxes = begun();
    for (const subject of ["one", "two", "three"]) mailboxes.deliver("ann", INBOX_ID, subject);
    const first = sync(mailboxes, inbox("1", { windowSize: 2 }));
    expect([subjects(first), first?.moreAvailable]).toEqual([["one", "two"], true]);
    const rest = sync(mailboxes, inbox("2", { windowSize: 2 }));
    expect([subjects(rest), rest?.moreAvailable]).toEqual([["three"], false]);
  });

  test("hold for the whole request too", () => {
    const mailboxes = begun();
    sync(mailboxes, { collectionId: "1", syncKey: "0", commandCount: 0 });
    for (const folderId of [INBOX_ID, INBOX_ID, "1"]) mailboxes.deliver("ann", folderId, folderId);
    const calendar = { collectionId: "1", syncKey: "1", commandCount: 0 };
    const { collections } = mailboxes.sync(ANN, { windowSize: 2, collections: [inbox("1"), calendar] });
    expect(collections.map((one) => [one.added.length, one.moreAvailable])).toEqual([
      [2, false],
      [0, true],
    ]);
  });

  test.each([
    [undefined, 100],
    [0, 512],
    [-1, 512],
    [511, 511],
    [512, 512],
    [513, 512],
  ])("of size %o bring %i items", (windowSize, count) => {
    const mailboxes = new Mailboxes({ ...SETTINGS, maxItems: 600 });
    sync(mailboxes, inbox("0"));
    for (let item = 0; item < 600; item += 1) mailboxes.deliver("ann", INBOX_ID, "mail");
    const answer = sync(mailboxes, inbox("1", windowSize === undefined ? {} : { windowSize }));
    expect([answer?.added.length, answer?.moreAvailable]).toEqual([count, true]);
  });
});

describe("what is kept is bounded", () => {
  test("a folder drops its oldest items, and a device far behind misses them", () => {
    const mailboxes = begun();
    for (const subject of ["1", "2", "3", "4", "5", "6", "7"]) mailboxes.deliver("ann", INBOX_ID, subject);
    expect(subjects(sync(mailboxes, inbox("1")))).toEqual(["3", "4", "5", "6", "7"]);
    mailboxes.deliver("ann", INBOX_ID, "8");
    expect(sync(mailboxes, inbox("2"))?.added).toEqual([{ serverId: "5:8", subject: "8" }]);
  });

  test("a subject is cut after 255 characters", () => {
    const mailboxes = begun();
    mailboxes.deliver("ann", INBOX_ID, "x".repeat(300));
    expect(subjects(sync(mailboxes, inbox("1")))).toEqual(["x".repeat(255)]);
  });

  test("the device of a user that was heard of longest ago begins again", () => {
    const mailboxes = begun();
    sync(mailboxes, inbox("0"), { user: "ann", deviceId: "d2" });
    expect(mailboxes.hasAnswer(ANN, inbox("1"))).toBe(false);
    sync(mailboxes, inbox("0"), { user: "ann", deviceId: "d3" });
    expect(mailboxes.hasAnswer(ANN, inbox("1"))).toBe(false);
    expect(sync(mailboxes, inbox("1"), { user: "ann", deviceId: "d2" })).toMatchObject({ status: 3 });
  });

  test("the mailbox that was used longest ago is emptied, and its devices begin again", () => {
    const mailboxes = begun();
    for (const user of ["bob", "cid"]) mailboxes.deliver(user, INBOX_ID, "mail");
    expect(mailboxes.hasAnswer(ANN, inbox("1"))).toBe(false);
    mailboxes.deliver("dan", INBOX_ID, "mail");
    expect(mailboxes.hasAnswer(ANN, inbox("1"))).toBe(false);
    for (const user of ["eve", "fay", "gus"]) mailboxes.deliver(user, INBOX_ID, "mail");
    expect(sync(mailboxes, inbox("1"))).toMatchObject({ status: 3 });
  });
});

test("a device gets every item once and in order, whichever answers are lost", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("mail" as const) }),
    fc.record({ kind: fc.constant("sync" as const), lost: fc.boolean(), windowSize: fc.integer({ min: 1, max: 3 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const mailboxes = new Mailboxes({ ...SETTINGS, maxItems: 100 });
      let key = sync(mailboxes, inbox("0"))?.syncKey ?? "";
      const sent: string[] = [];
      const got: string[] = [];
      const fetch = (windowSize: number, lost: boolean): void => {
        const answer = sync(mailboxes, inbox(key, { windowSize }));
        if (answer === undefined || lost) return;
        expect(answer.status).toBe(1);
        key = answer.syncKey;
        got.push(...subjects(answer));
      };
      for (const one of steps) {
        if (one.kind === "sync") fetch(one.windowSize, one.lost);
        else {
          sent.push(`mail ${sent.length}`);
          mailboxes.deliver("ann", INBOX_ID, sent.at(-1) ?? "");
        }
      }
      fetch(100, false);
      expect(got).toEqual(sent);
      expect(mailboxes.hasNews(ANN, INBOX_ID)).toBe(false);
    }),
    { numRuns: 200 },
  );
});
