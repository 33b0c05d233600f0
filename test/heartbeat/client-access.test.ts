import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CommandRequest } from "../../src/activesync/command.ts";
import type { PingResponse } from "../../src/activesync/ping.ts";
import {
  ClientAccess,
  clientAccessFaults,
  DEFAULT_CLIENT_ACCESS,
  type ClientAccessEffect,
  type ClientAccessEvent,
  type ClientAccessSettings,
} from "../../src/heartbeat/client-access.ts";
import { play, type Row } from "../support/playbook.ts";
import { MINUTE } from "./wire.ts";

function request(id: number, what: CommandRequest, changes: Partial<ClientAccessEvent & { kind: "request" }> = {}) {
  const event: ClientAccessEvent = {
    kind: "request",
    id,
    user: "ann",
    deviceId: "d1",
    protocolVersion: "12.1",
    request: what,
    ...changes,
  };
  return event;
}

function run(events: readonly Row<ClientAccessEvent>[], until?: number, settings: Partial<ClientAccessSettings> = {}) {
  return play(new ClientAccess({ ...DEFAULT_CLIENT_ACCESS, ...settings }), events, until);
}

/** Plays events at one instant and returns the answers by id. */
function answers(events: readonly ClientAccessEvent[], settings: Partial<ClientAccessSettings> = {}) {
  const effects = run(
    events.map((event) => [0, event]),
    0,
    settings,
  );
  return Object.fromEntries(
    effects.flatMap(([, effect]) => (effect.kind === "answer" ? [[effect.id, effect.answer]] : [])),
  );
}

function pong(id: number, body: PingResponse): ClientAccessEffect {
  return { kind: "answer", id, answer: { command: "Ping", httpStatus: 200, body } };
}

const INBOX = { collectionId: "5", syncKey: "0", commandCount: 0 };
const PING: CommandRequest = {
  command: "Ping",
  body: { heartbeatIntervalSeconds: 480, folders: [{ id: "5", class: "Email" }] },
};
const SYNC: CommandRequest = { command: "Sync", body: { collections: [INBOX] } };
const FOLDER_SYNC: CommandRequest = { command: "FolderSync", body: { syncKey: "0" } };
const MAIL = { kind: "mail", user: "ann", subject: "hello" } as const;

test("answers OPTIONS and Provision", () => {
  const policyType = "MS-EAS-Provisioning-WBXML";
  const given = answers([
    request(1, { command: "OPTIONS" }),
    request(2, { command: "Provision", body: { policyType } }),
  ]);
  expect(given).toEqual({
    1: { command: "OPTIONS", httpStatus: 200 },
    2: { command: "Provision", httpStatus: 200, body: { status: 1, policyType, policyStatus: 1, policyKey: "1" } },
  });
});

test.each<[string, object]>([
  [
    "0",
    { status: 1, syncKey: "1", added: expect.arrayContaining([expect.objectContaining({ serverId: "5", type: 2 })]) },
  ],
  ["1", { status: 1, syncKey: "1", added: [] }],
  ["2", { status: 9, added: [] }],
])("answers FolderSync with key %s", (syncKey, body) => {
  expect(answers([request(1, { command: "FolderSync", body: { syncKey } })])).toEqual({
    1: { command: "FolderSync", httpStatus: 200, body },
  });
});

test("wakes a parked Ping when mail arrives, whatever the case of the user's name", () => {
  const effects = run([
    [0, request(1, PING, { user: "Ann" })],
    [MINUTE, { ...MAIL, user: "ANN" }],
  ]);
  expect(effects).toEqual([
    [MINUTE, { kind: "delivered", user: "ann", folderId: "5" }],
    [MINUTE, pong(1, { status: 2, folders: ["5"] })],
  ]);
});

test("answers a Ping after its interval, and one that is closed not at all", () => {
  const access = [request(1, PING), request(2, PING, { deviceId: "d2" }), { kind: "closed", id: 2 } as const];
  const effects = run(
    access.map((event) => [0, event]),
    9 * MINUTE,
  );
  expect(effects).toEqual([[8 * MINUTE, pong(1, { status: 1 })]]);
});

test("tells the next Ping of mail that came while nobody waited, until a Sync has brought it", () => {
  const given = answers([
    request(1, SYNC),
    MAIL,
    request(2, PING),
    request(3, PING),
    request(4, { command: "Sync", body: { collections: [{ ...INBOX, syncKey: "1" }] } }),
    request(5, PING),
  ]);
  expect(given).toMatchObject({
    2: { body: { status: 2, folders: ["5"] } },
    3: { body: { status: 2, folders: ["5"] } },
    4: { body: { collections: [{ syncKey: "2", added: [{ subject: "hello" }] }] } },
  });
  expect(given).not.toHaveProperty("5");
});

test("a Sync that waits brings the mail that wakes it, and again when that answer was lost", () => {
  const waiting = request(2, { command: "Sync", body: { collections: [{ ...INBOX, syncKey: "1" }], waitMinutes: 8 } });
  const effects = run([
    [0, request(1, SYNC)],
    [0, waiting],
    [MINUTE, MAIL],
    [2 * MINUTE, { ...waiting, id: 3 }],
  ]);
  expect(effects.slice(2)).toMatchObject([
    [MINUTE, { id: 2, answer: { body: { collections: [{ syncKey: "2", added: [{ subject: "hello" }] }] } } }],
    [2 * MINUTE, { id: 3, answer: { body: { collections: [{ syncKey: "3", added: [{ subject: "hello" }] }] } } }],
  ]);
});

test("a Sync that finds nothing is answered without a body", () => {
  const repeated = request(2, { command: "Sync", body: { collections: [{ ...INBOX, syncKey: "1" }] } });
  expect(answers([request(1, SYNC), repeated])[2]).toEqual({ command: "Sync", httpStatus: 200 });
});

test("does a Sync whose wait it refuses, and says both", () => {
  const body = { collections: [{ ...INBOX, syncKey: "1" }], waitMinutes: 60 };
  expect(answers([request(1, SYNC), MAIL, request(2, { command: "Sync", body })])[2]).toMatchObject({
    body: { status: 14, limit: 59, collections: [{ added: [{ subject: "hello" }] }] },
  });
});

test("delivers into a folder that is named, and refuses one that is not there", () => {
  const effects = run([
    [0, { ...MAIL, folderId: "1" }],
    [0, { ...MAIL, folderId: "7" }],
  ]);
  expect(effects).toEqual([
    [0, { kind: "delivered", user: "ann", folderId: "1" }],
    [0, { kind: "undeliverable", user: "ann", folderId: "7" }],
  ]);
});

test.each<[CommandRequest["command"], object]>([
  ["Ping", { httpStatus: 200, body: { status: 4 } }],
  ["Sync", { httpStatus: 200, body: { status: 4, collections: [] } }],
  ["FolderSync", { httpStatus: 400 }],
  ["Provision", { httpStatus: 400 }],
  ["OPTIONS", { httpStatus: 400 }],
])("answers a malformed %s", (command, expected) => {
  expect(answers([{ kind: "malformed", id: 1, command }])).toEqual({ 1: { command, ...expected } });
});

describe("where provisioning is required", () => {
  const required = { provisioningRequired: true };
  const commands = [request(1, FOLDER_SYNC), request(2, SYNC), request(3, PING)];

  test("a device without a policy is answered HTTP 449 before 14.0", () => {
    const given = answers(commands, required);
    expect(Object.values(given)).toEqual([
      { command: "FolderSync", httpStatus: 449 },
      { command: "Sync", httpStatus: 449 },
      { command: "Ping", httpStatus: 449 },
    ]);
  });

  test("it is answered Status 142 from 14.0 on", () => {
    const given = answers(
      commands.map((event) => ({ ...event, protocolVersion: "14.0" })),
      required,
    );
    expect(Object.values(given)).toEqual([
      { command: "FolderSync", httpStatus: 200, body: { status: 142, added: [] } },
      { command: "Sync", httpStatus: 200, body: { status: 142, collections: [] } },
      { command: "Ping", httpStatus: 200, body: { status: 142 } },
    ]);
  });

  test("it is served once it acknowledged the policy", () => {
    const policyType = "MS-EAS-Provisioning-WBXML";
    const given = answers(
      [
        request(8, { command: "Provision", body: { policyType } }),
        request(9, { command: "Provision", body: { policyType, policyKey: "1", status: 1 } }),
        ...commands,
      ],
      required,
    );
    expect(given).toMatchObject({ 1: { body: { status: 1 } }, 2: { body: { collections: [{ status: 1 }] } } });
    expect(given).not.toHaveProperty("3");
  });
});

test.each<[string, Partial<ClientAccessSettings>, readonly string[]]>([
  ["nothing", {}, []],
  ["one interval", { minimumSeconds: 60, maximumSeconds: 60 }, []],
  [
    "a minimum above the maximum",
    { minimumSeconds: 61, maximumSeconds: 60 },
    ["minimumSeconds (61) is above maximumSeconds (60)"],
  ],
  [
    "no folders and half an item",
    { maxFolders: 0, maxItems: 0.5 },
    [
      "maxFolders is 0; expected a whole number of at least 1",
      "maxItems is 0.5; expected a whole number of at least 1",
    ],
  ],
])("says everything that is wrong with its settings: %s", (_title, changes, faults) => {
  const found = clientAccessFaults({ ...DEFAULT_CLIENT_ACCESS, ...changes });
  expect(found.toSorted()).toEqual(faults);
});

test("answers each request at most once, and has none left when the intervals are over", () => {
  const command = fc.constantFrom<CommandRequest>(
    PING,
    SYNC,
    FOLDER_SYNC,
    { command: "OPTIONS" },
    { command: "Ping", body: {} },
    { command: "Sync", body: {} },
    { command: "Sync", body: { collections: [{ ...INBOX, syncKey: "1" }], waitMinutes: 8 } },
    { command: "Sync", body: { collections: [{ ...INBOX, syncKey: "2" }], heartbeatIntervalSeconds: 90 } },
  );
  const step = fc.oneof(
    fc.tuple(command, fc.constantFrom("d1", "d2")),
    fc.constant("mail" as const),
    fc.nat(20).map((id) => ({ kind: "closed", id }) as const),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(100_000), step), { maxLength: 30 }), (steps) => {
      let now = 0;
      const events = steps.map(([waitMs, what], id): Row<ClientAccessEvent> => {
        now += waitMs;
        if (what === "mail") return [now, MAIL];
        return [now, "kind" in what ? what : request(id, what[0], { deviceId: what[1] })];
      });
      const access = new ClientAccess();
      const effects = play(access, events, now + 9 * MINUTE);
      const ids = effects.flatMap(([, effect]) => (effect.kind === "answer" ? [effect.id] : []));
      expect(new Set(ids).size).toBe(ids.length);
      expect(access.parked).toBe(0);
    }),
    { numRuns: 150 },
  );
});
