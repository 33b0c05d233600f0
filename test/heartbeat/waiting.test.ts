import { describe, expect, test } from "vitest";
import type { CommandAnswer } from "../../src/activesync/command.ts";
import type { PingResponse } from "../../src/activesync/ping.ts";
import type { SyncResponse, SyncResponseCollection } from "../../src/activesync/sync.ts";
import { DeviceMailbox } from "../../src/heartbeat/device-mailbox.ts";
import { WaitingPing } from "../../src/heartbeat/waiting-ping.ts";
import { WaitingSync } from "../../src/heartbeat/waiting-sync.ts";

function collection(changes: Partial<SyncResponseCollection> = {}): SyncResponseCollection {
  return { collectionId: "f0", syncKey: "1", status: 1, added: [], moreAvailable: false, commandCount: 0, ...changes };
}

/** A mailbox with an inbox and a calendar. */
function mailboxWithFolders(): DeviceMailbox {
  const mailbox = new DeviceMailbox("12.1");
  const answers: readonly CommandAnswer[] = [
    { command: "OPTIONS", httpStatus: 200 },
    { command: "Provision", httpStatus: 200, body: { status: 1, policyType: "", policyStatus: 2 } },
    {
      command: "FolderSync",
      httpStatus: 200,
      body: {
        status: 1,
        added: [
          { serverId: "f0", parentId: "0", displayName: "Inbox", type: 2 },
          { serverId: "f1", parentId: "0", displayName: "Calendar", type: 8 },
        ],
      },
    },
    { command: "Sync", httpStatus: 200, body: { collections: [collection(), collection({ collectionId: "f1" })] } },
    { command: "Sync", httpStatus: 200 },
  ];
  for (const answer of answers) {
    const request = mailbox.missing();
    if (request !== undefined) mailbox.read(request, answer);
  }
  expect(mailbox.missing()).toBeUndefined();
  return mailbox;
}

const pong = (body: PingResponse): CommandAnswer => ({ command: "Ping", httpStatus: 200, body });
const ping = (body: object) => ({ command: "Ping", body });
const synced = (body: SyncResponse): CommandAnswer => ({ command: "Sync", httpStatus: 200, body });
const EMPTY: CommandAnswer = { command: "Sync", httpStatus: 200 };
const whole = (mailbox: DeviceMailbox, waitMinutes: number) => {
  return { command: "Sync", body: { collections: mailbox.collections(), waitMinutes } };
};

describe("a device that waits with Ping", () => {
  const FOLDERS = [
    { id: "f0", class: "Email" },
    { id: "f1", class: "Calendar" },
  ];

  test("sends everything until it is answered, then only what differs", () => {
    const mailbox = mailboxWithFolders();
    const waiting = new WaitingPing(mailbox);
    const inFull = (seconds: number) => ping({ heartbeatIntervalSeconds: seconds, folders: FOLDERS });
    expect(waiting.request(900)).toEqual(inFull(900));
    expect(waiting.request(480)).toEqual(inFull(480));
    waiting.read(pong({ status: 1 }));
    expect(waiting.request(480)).toEqual(ping({}));
    expect(waiting.request(720)).toEqual(ping({ heartbeatIntervalSeconds: 720 }));
    expect(waiting.request(480)).toEqual(ping({ heartbeatIntervalSeconds: 480 }));
    waiting.read(pong({ status: 2, folders: ["f0"] }));
    expect(waiting.request(480)).toEqual(ping({}));
    mailbox.watchAtMost(1);
    expect(waiting.request(480)).toEqual(ping({ heartbeatIntervalSeconds: 480, folders: FOLDERS.slice(0, 1) }));
    waiting.read(pong({ status: 1 }));
    waiting.forget();
    expect(waiting.request(480)).toEqual(ping({ heartbeatIntervalSeconds: 480, folders: FOLDERS.slice(0, 1) }));
  });

  test("sends an interval again that the server refused or left unanswered", () => {
    const waiting = new WaitingPing(mailboxWithFolders());
    waiting.request(480);
    waiting.read(pong({ status: 1 }));
    waiting.request(4000);
    waiting.read(pong({ status: 5, heartbeatIntervalSeconds: 3540 }));
    expect(waiting.request(3540)).toEqual(ping({ heartbeatIntervalSeconds: 3540 }));
    expect(waiting.request(3540)).toEqual(ping({ heartbeatIntervalSeconds: 3540 }));
  });

  test.each<[PingResponse, object]>([
    [{ status: 1 }, { ending: { kind: "held" } }],
    [{ status: 2, folders: ["f1"] }, { ending: { kind: "changes" } }],
    [{ status: 2 }, { ending: { kind: "unreadable" } }],
    [{ status: 2, folders: [] }, { ending: { kind: "unreadable" } }],
    [{ status: 3 }, { ending: { kind: "rejected", status: 3 } }],
    [{ status: 5, heartbeatIntervalSeconds: 60 }, { ending: { kind: "rejected", status: 5, limitSeconds: 60 } }],
    [{ status: 5 }, { ending: { kind: "unreadable" } }],
    [
      { status: 6, maxFolders: 1 },
      { ending: { kind: "rejected", status: 6 }, mostFolders: 1 },
    ],
    [{ status: 6 }, { ending: { kind: "unreadable" } }],
    [{ status: 177 }, { ending: { kind: "rejected", status: 177 } }],
  ])("reads %o", (body, end) => {
    const waiting = new WaitingPing(mailboxWithFolders());
    waiting.request(480);
    expect(waiting.read(pong(body))).toEqual(end);
  });

  test("makes nothing of an answer without a body, or to another command", () => {
    const waiting = new WaitingPing(mailboxWithFolders());
    waiting.request(480);
    expect(waiting.read({ command: "Ping", httpStatus: 200 })).toEqual({ ending: { kind: "unreadable" } });
    expect(waiting.read({ command: "Sync", httpStatus: 200 })).toEqual({ ending: { kind: "unreadable" } });
  });

  test("has the folders fetched that changed", () => {
    const mailbox = mailboxWithFolders();
    const waiting = new WaitingPing(mailbox);
    waiting.request(480);
    waiting.read(pong({ status: 2, folders: ["f1"] }));
    expect(mailbox.missing()).toMatchObject({ command: "Sync", body: { collections: [{ collectionId: "f1" }] } });
  });
});

describe("a device that waits with Sync", () => {
  test("may send an empty request after an empty answer, for the same interval, once", () => {
    const mailbox = mailboxWithFolders();
    const waiting = new WaitingSync(mailbox);
    expect(waiting.request(480)).toEqual(whole(mailbox, 8));
    waiting.read(EMPTY);
    expect(waiting.request(480)).toEqual({ command: "Sync", body: {} });
    expect(waiting.request(480)).toEqual(whole(mailbox, 8));
    waiting.read(EMPTY);
    expect(waiting.request(720)).toEqual(whole(mailbox, 12));
    waiting.read(EMPTY);
    waiting.forget();
    expect(waiting.request(720)).toEqual(whole(mailbox, 12));
  });

  test("sends the whole request after an answer that says something, with the new keys", () => {
    const mailbox = mailboxWithFolders();
    const waiting = new WaitingSync(mailbox);
    waiting.request(480);
    waiting.read(synced({ collections: [collection({ syncKey: "7", commandCount: 1 })] }));
    expect(waiting.request(480)).toMatchObject({ body: { waitMinutes: 8, collections: [{ syncKey: "7" }, {}] } });
  });

  test("waits in whole minutes, at least one", () => {
    const waiting = new WaitingSync(mailboxWithFolders());
    expect(waiting.request(7)).toMatchObject({ body: { waitMinutes: 1 } });
    expect(waiting.request(89)).toMatchObject({ body: { waitMinutes: 1 } });
    expect(waiting.request(90)).toMatchObject({ body: { waitMinutes: 2 } });
  });

  test.each<[string, CommandAnswer, object]>([
    ["an empty answer", EMPTY, { ending: { kind: "held" } }],
    ["an answer without items", synced({ status: 1, collections: [] }), { ending: { kind: "held" } }],
    ["a mere new key", synced({ collections: [collection({ syncKey: "2" })] }), { ending: { kind: "held" } }],
    ["items", synced({ collections: [collection({ commandCount: 1 })] }), { ending: { kind: "changes" } }],
    [
      "a wait too long",
      synced({ status: 14, limit: 59, collections: [] }),
      { ending: { kind: "rejected", status: 14, limitSeconds: 3540 } },
    ],
    [
      "a wait refused without a limit",
      synced({ status: 14, collections: [] }),
      { ending: { kind: "rejected", status: 14 } },
    ],
    [
      "too many collections",
      synced({ status: 15, limit: 1, collections: [] }),
      { ending: { kind: "rejected", status: 15 }, mostFolders: 1 },
    ],
    [
      "a limit that means nothing",
      synced({ status: 16, limit: 1, collections: [] }),
      { ending: { kind: "rejected", status: 16 } },
    ],
    [
      "a key that the server does not know",
      synced({ collections: [collection({ status: 3 })] }),
      { ending: { kind: "rejected", status: 3 } },
    ],
    ["the answer to another command", { command: "Ping", httpStatus: 200 }, { ending: { kind: "unreadable" } }],
  ])("reads %s", (_title, given, end) => {
    const waiting = new WaitingSync(mailboxWithFolders());
    waiting.request(480);
    expect(waiting.read(given)).toEqual(end);
  });

  test("makes nothing of an answer before it asked", () => {
    expect(new WaitingSync(mailboxWithFolders()).read(EMPTY)).toEqual({ ending: { kind: "unreadable" } });
  });
});
