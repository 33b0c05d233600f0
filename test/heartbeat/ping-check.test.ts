import { expect, test } from "vitest";
import type { PingRequest, PingResponse } from "../../src/activesync/ping.ts";
import { checkPing, type KeptPing } from "../../src/heartbeat/ping-check.ts";

const LIMITS = { minimumSeconds: 60, maximumSeconds: 3540, maxFolders: 2 };
const INBOX = { id: "5", class: "Email" };
const CALENDAR = { id: "1", class: "Calendar" };
const KEPT: KeptPing = { heartbeatIntervalSeconds: 480, folders: [INBOX] };

function check(body: PingRequest, kept?: KeptPing) {
  return checkPing(body, kept, LIMITS, (folderId) => folderId !== "gone");
}

test.each<[string, PingRequest, KeptPing | undefined, KeptPing]>([
  ["whole", { heartbeatIntervalSeconds: 480, folders: [INBOX] }, undefined, KEPT],
  ["of the shortest interval", { heartbeatIntervalSeconds: 60 }, KEPT, { ...KEPT, heartbeatIntervalSeconds: 60 }],
  ["of the longest interval", { heartbeatIntervalSeconds: 3540 }, KEPT, { ...KEPT, heartbeatIntervalSeconds: 3540 }],
  ["with other folders", { folders: [INBOX, CALENDAR] }, KEPT, { ...KEPT, folders: [INBOX, CALENDAR] }],
  ["empty", {}, KEPT, KEPT],
])("completes a Ping %s from what is kept", (_title, body, kept, ping) => {
  expect(check(body, kept)).toEqual({ kind: "complete", ping });
});

test.each<[string, PingRequest, KeptPing | undefined, PingResponse]>([
  ["nothing kept", {}, undefined, { status: 3 }],
  ["no folders kept", { heartbeatIntervalSeconds: 480 }, undefined, { status: 3 }],
  ["no interval kept", { folders: [INBOX] }, undefined, { status: 3 }],
  ["an empty list of folders", { heartbeatIntervalSeconds: 480, folders: [] }, KEPT, { status: 4 }],
  ["half seconds", { heartbeatIntervalSeconds: 480.5 }, KEPT, { status: 4 }],
  ["too short an interval", { heartbeatIntervalSeconds: 59 }, KEPT, { status: 5, heartbeatIntervalSeconds: 60 }],
  ["a negative interval", { heartbeatIntervalSeconds: -100 }, KEPT, { status: 5, heartbeatIntervalSeconds: 60 }],
  ["too long an interval", { heartbeatIntervalSeconds: 3541 }, KEPT, { status: 5, heartbeatIntervalSeconds: 3540 }],
  ["too many folders", { folders: [INBOX, CALENDAR, INBOX] }, KEPT, { status: 6, maxFolders: 2 }],
  ["a folder that is gone", { folders: [INBOX, { id: "gone", class: "Email" }] }, KEPT, { status: 7 }],
])("refuses a Ping with %s", (_title, body, kept, answer) => {
  expect(check(body, kept)).toEqual({ kind: "refused", answer });
});
