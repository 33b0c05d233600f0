import { expect, test } from "vitest";
import type { CommandAnswer } from "../../src/activesync/command.ts";
import type { SyncResponseCollection } from "../../src/activesync/sync.ts";
import { DeviceMailbox } from "../../src/heartbeat/device-mailbox.ts";

const OPTIONS: CommandAnswer = { command: "OPTIONS", httpStatus: 200 };

function provision(policyStatus: number, policyKey?: string): CommandAnswer {
  const body = { status: 1, policyType: "MS-EAS-Provisioning-WBXML", policyStatus };
  return { command: "Provision", httpStatus: 200, body: policyKey === undefined ? body : { ...body, policyKey } };
}

function folders(...types: readonly number[]): CommandAnswer {
  const added = types.map((type, index) => {
    return { serverId: `f${index}`, parentId: "0", displayName: `folder ${index}`, type };
  });
  return { command: "FolderSync", httpStatus: 200, body: { status: 1, syncKey: "1", added } };
}

function collection(
  id: string,
  syncKey: string,
  changes: Partial<SyncResponseCollection> = {},
): SyncResponseCollection {
  return { collectionId: id, syncKey, status: 1, added: [], moreAvailable: false, commandCount: 0, ...changes };
}

function sync(...collections: readonly SyncResponseCollection[]): CommandAnswer {
  return { command: "Sync", httpStatus: 200, body: { collections } };
}

function feed(mailbox: DeviceMailbox, ...answers: readonly CommandAnswer[]) {
  return answers.map((answer) => {
    const request = mailbox.missing();
    return request === undefined ? "nothing missing" : mailbox.read(request, answer);
  });
}

/** A mailbox with an inbox (f0) and a calendar (f1), keys 2 and all items fetched. */
function ready(version = "12.1"): DeviceMailbox {
  const mailbox = new DeviceMailbox(version);
  feed(
    mailbox,
    OPTIONS,
    provision(1, "k1"),
    provision(1, "k2"),
    folders(2, 8),
    sync(collection("f0", "1"), collection("f1", "1")),
    sync(collection("f0", "2"), collection("f1", "2")),
  );
  return mailbox;
}

const DONE = { kind: "done", foundItems: false };
const USELESS = { kind: "useless" };

test("fetches options, policy, folders, keys and items, in this order", () => {
  const mailbox = new DeviceMailbox("12.1");
  const requests: unknown[] = [];
  const fetched = [
    OPTIONS,
    provision(1, "k1"),
    provision(1, "k2"),
    folders(2, 8, 12),
    sync(collection("f0", "1"), collection("f1", "1")),
    sync(collection("f0", "2")),
  ].flatMap((answer) => {
    requests.push(mailbox.missing());
    return feed(mailbox, answer);
  });
  expect(fetched).toEqual(Array.from({ length: 6 }, () => DONE));
  expect(mailbox.missing()).toBeUndefined();
  const policyType = "MS-EAS-Provisioning-WBXML";
  expect(requests).toEqual([
    { command: "OPTIONS" },
    { command: "Provision", body: { policyType } },
    { command: "Provision", body: { policyType, policyKey: "k1", status: 1 } },
    { command: "FolderSync", body: { syncKey: "0" } },
    {
      command: "Sync",
      body: {
        collections: [
          { collectionId: "f0", syncKey: "0", commandCount: 0 },
          { collectionId: "f1", syncKey: "0", commandCount: 0 },
        ],
      },
    },
    {
      command: "Sync",
      body: {
        collections: [
          { collectionId: "f0", syncKey: "1", commandCount: 0, getChanges: true },
          { collectionId: "f1", syncKey: "1", commandCount: 0, getChanges: true },
        ],
      },
    },
  ]);
  expect(mailbox.policyKey).toBe("k2");
  expect(mailbox.watched()).toEqual([
    { id: "f0", class: "Email" },
    { id: "f1", class: "Calendar" },
  ]);
});

test("protocol 2.5 has a policy type of its own, and until 12.0 a collection names its class", () => {
  expect(ready("12.0").collections()[0]).toMatchObject({ class: "Email" });
  expect(ready("12.1").collections()[0]).not.toHaveProperty("class");
  const old = new DeviceMailbox("2.5");
  feed(old, OPTIONS);
  expect(old.missing()).toEqual({ command: "Provision", body: { policyType: "MS-WAP-Provisioning-XML" } });
});

test.each<[string, CommandAnswer, unknown, string]>([
  ["no body", { command: "Provision", httpStatus: 200 }, USELESS, "Provision"],
  ["the answer to something else", OPTIONS, USELESS, "Provision"],
  ["a policy without a key", provision(1), USELESS, "Provision"],
  [
    "nothing about a policy",
    { command: "Provision", httpStatus: 200, body: { status: 1, policyType: "" } },
    USELESS,
    "Provision",
  ],
  ["no policy at all", provision(2), DONE, "FolderSync"],
  ["an unknown type", provision(3), { kind: "rejected", status: 3, limit: undefined }, "Provision"],
  [
    "a server error",
    { command: "Provision", httpStatus: 200, body: { status: 3, policyType: "", policyStatus: 1 } },
    { kind: "rejected", status: 3, limit: undefined },
    "Provision",
  ],
])("asking for a policy and being answered %s", (_title, answer, fetched, next) => {
  const mailbox = new DeviceMailbox("12.1");
  expect(feed(mailbox, OPTIONS, answer)).toEqual([DONE, fetched]);
  expect(mailbox.missing()?.command).toBe(next);
});

test("a key that the server takes back is asked for anew", () => {
  const mailbox = new DeviceMailbox("12.1");
  feed(mailbox, OPTIONS, provision(1, "k1"), provision(5));
  expect(mailbox.missing()).toEqual({ command: "Provision", body: { policyType: "MS-EAS-Provisioning-WBXML" } });
});

test.each<[string, CommandAnswer, unknown]>([
  ["no body", { command: "FolderSync", httpStatus: 200 }, USELESS],
  ["no folder to watch", folders(1, 3, 4), USELESS],
  [
    "a refusal",
    { command: "FolderSync", httpStatus: 200, body: { status: 9, added: [] } },
    { kind: "rejected", status: 9, limit: undefined },
  ],
])("asking for folders and being answered %s leaves them missing", (_title, answer, fetched) => {
  const mailbox = new DeviceMailbox("12.1");
  expect(feed(mailbox, OPTIONS, provision(2), answer)[2]).toEqual(fetched);
  expect(mailbox.missing()?.command).toBe("FolderSync");
});

test("watches no more folders than sixteen, or than the server takes, and one in any case", () => {
  const mailbox = new DeviceMailbox("12.1");
  feed(mailbox, OPTIONS, provision(2), folders(...Array.from({ length: 40 }, () => 2)));
  expect(mailbox.watched()).toHaveLength(16);
  mailbox.watchAtMost(3);
  mailbox.watchAtMost(5);
  expect(mailbox.watched().map((folder) => folder.id)).toEqual(["f0", "f1", "f2"]);
  mailbox.watchAtMost(0);
  expect(mailbox.watched()).toHaveLength(1);
  mailbox.forgetFolders();
  feed(mailbox, folders(2, 2, 2));
  expect(mailbox.watched()).toHaveLength(1);
});

test("keeps the keys of folders that are still there when it fetches the folders again", () => {
  const mailbox = ready();
  mailbox.forgetFolders();
  feed(mailbox, folders(2, 8, 9));
  expect(mailbox.collections().map((one) => one.syncKey)).toEqual(["2", "2", "0"]);
});

test("fetches the folders that the server names, as often as there is more", () => {
  const mailbox = ready();
  mailbox.markChanged(["f0", "unknown"]);
  const item = { serverId: "f0:1", subject: "one" };
  expect(mailbox.missing()).toMatchObject({ body: { collections: [{ collectionId: "f0", syncKey: "2" }] } });
  const more = collection("f0", "3", { added: [item], commandCount: 1, moreAvailable: true });
  expect(feed(mailbox, sync(more))).toEqual([{ kind: "done", foundItems: true }]);
  expect(mailbox.missing()).toMatchObject({ body: { collections: [{ collectionId: "f0", syncKey: "3" }] } });
  expect(feed(mailbox, sync(collection("f0", "4", { commandCount: 2 })))).toEqual([{ kind: "done", foundItems: true }]);
  expect(mailbox.missing()).toBeUndefined();
});

test("does not believe in more when nothing came", () => {
  const mailbox = ready();
  mailbox.markChanged(["f0"]);
  expect(feed(mailbox, sync(collection("f0", "3", { moreAvailable: true })))).toEqual([DONE]);
  expect(mailbox.missing()).toBeUndefined();
});

test("takes an empty answer for nothing new", () => {
  const mailbox = ready();
  mailbox.markChanged(["f0"]);
  expect(feed(mailbox, { command: "Sync", httpStatus: 200 })).toEqual([DONE]);
  expect(mailbox.missing()).toBeUndefined();
});

test.each<[string, CommandAnswer]>([
  ["empty", { command: "Sync", httpStatus: 200 }],
  ["without the collection", sync()],
  ["with key 0", sync(collection("f0", "0"), collection("f1", "1"))],
])("an answer %s gives no key", (_title, answer) => {
  const mailbox = new DeviceMailbox("12.1");
  feed(mailbox, OPTIONS, provision(2), folders(2, 8));
  expect(feed(mailbox, answer)).toEqual([USELESS]);
  expect(mailbox.missing()?.command).toBe("Sync");
});

test("starts a collection anew whose key the server does not know, and no other", () => {
  const mailbox = ready();
  mailbox.markChanged(["f0", "f1"]);
  const answer = sync(collection("f0", "0", { status: 3 }), collection("f1", "3", { commandCount: 1 }));
  expect(feed(mailbox, answer)).toEqual([{ kind: "rejected", status: 3, limit: undefined }]);
  expect(mailbox.collections().map((one) => one.syncKey)).toEqual(["0", "3"]);
  expect(mailbox.missing()).toMatchObject({ body: { collections: [{ collectionId: "f0", syncKey: "0" }] } });
});

test("tells the first refusal, the whole answer's before a collection's, and goes on missing what was refused", () => {
  const mailbox = ready();
  mailbox.markChanged(["f0", "f1"]);
  const collections = [collection("f0", "0", { status: 12 }), collection("f1", "0", { status: 8 })];
  expect(feed(mailbox, sync(...collections))).toEqual([{ kind: "rejected", status: 12, limit: undefined }]);
  const whole: CommandAnswer = { command: "Sync", httpStatus: 200, body: { status: 16, limit: 7, collections } };
  expect(feed(mailbox, whole)).toEqual([{ kind: "rejected", status: 16, limit: 7 }]);
  const nothing: CommandAnswer = { command: "Sync", httpStatus: 200, body: { status: 5, collections: [] } };
  expect(feed(mailbox, nothing)).toEqual([{ kind: "rejected", status: 5, limit: undefined }]);
  expect(mailbox.missing()?.command).toBe("Sync");
});

test("starts every collection asked anew when the whole answer says Status 3", () => {
  const mailbox = ready();
  mailbox.markChanged(["f0"]);
  feed(mailbox, { command: "Sync", httpStatus: 200, body: { status: 3, collections: [] } });
  expect(mailbox.collections().map((one) => one.syncKey)).toEqual(["0", "2"]);
});

test("forgets a policy when it is told to", () => {
  const mailbox = ready();
  mailbox.forgetPolicy();
  expect(mailbox.policyKey).toBeUndefined();
  expect(mailbox.missing()?.command).toBe("Provision");
});

test("leaves out of an answer what it no longer watches", () => {
  const mailbox = ready();
  const asked = mailbox.collections();
  mailbox.watchAtMost(1);
  const reading = mailbox.readSync(asked, { collections: [collection("f1", "9", { commandCount: 1 })] });
  expect(reading).toEqual({ foundItems: false, rejected: undefined });
});
