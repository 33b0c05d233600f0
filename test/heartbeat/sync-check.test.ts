import { expect, test } from "vitest";
import type { SyncRequest, SyncRequestCollection, SyncResponse } from "../../src/activesync/sync.ts";
import { checkSync, type KeptSync } from "../../src/heartbeat/sync-check.ts";

const LIMITS = { minimumSeconds: 60, maximumSeconds: 3540, maxFolders: 2 };

function collection(collectionId: string, syncKey = "1", commandCount = 0): SyncRequestCollection {
  return { collectionId, syncKey, commandCount };
}

const INBOX = collection("5");
const KEPT: KeptSync = { body: { collections: [INBOX], waitMinutes: 8 }, repeatable: true };

test.each<[string, SyncRequest, number, number | undefined]>([
  ["without a wait", {}, 0, undefined],
  ["of 1 minute", { waitMinutes: 1 }, 60, undefined],
  ["of 59 minutes", { waitMinutes: 59 }, 3540, undefined],
  ["of 0 minutes", { waitMinutes: 0 }, 0, 1],
  ["of 60 minutes", { waitMinutes: 60 }, 3600, 59],
  ["of 60 s", { heartbeatIntervalSeconds: 60 }, 60, undefined],
  ["of 3540 s", { heartbeatIntervalSeconds: 3540 }, 3540, undefined],
  ["of 59 s", { heartbeatIntervalSeconds: 59 }, 59, 60],
  ["of 3541 s", { heartbeatIntervalSeconds: 3541 }, 3541, 3540],
])("takes a Sync %s, or only refuses the wait", (_title, wait, waitSeconds, waitLimit) => {
  const body = { collections: [INBOX], ...wait };
  expect(checkSync(body, undefined, LIMITS)).toEqual({ kind: "complete", body, waitSeconds, waitLimit });
});

test.each<[number, number, number, number | undefined]>([
  [90, 150, 1, 2],
  [90, 150, 2, undefined],
  [90, 150, 3, 2],
  [5, 30, 1, undefined],
  [5, 30, 2, 1],
  [70, 110, 1, undefined],
])("from %i to %i s, a wait of %i min has the limit %o", (minimumSeconds, maximumSeconds, waitMinutes, waitLimit) => {
  const limits = { ...LIMITS, minimumSeconds, maximumSeconds };
  expect(checkSync({ collections: [INBOX], waitMinutes }, undefined, limits)).toMatchObject({ waitLimit });
});

test.each<[string, SyncRequest, KeptSync | undefined, SyncResponse]>([
  ["empty, nothing kept", {}, undefined, { status: 13, collections: [] }],
  ["empty, after an answer that was not", {}, { ...KEPT, repeatable: false }, { status: 13, collections: [] }],
  ["partial, nothing kept", { partial: true, waitMinutes: 8 }, undefined, { status: 13, collections: [] }],
  ["without collections", { waitMinutes: 8 }, KEPT, { status: 4, collections: [] }],
  ["with an empty list of collections", { collections: [] }, KEPT, { status: 4, collections: [] }],
  [
    "with both waits",
    { collections: [INBOX], waitMinutes: 8, heartbeatIntervalSeconds: 480 },
    undefined,
    { status: 4, collections: [] },
  ],
  ["of half minutes", { collections: [INBOX], waitMinutes: 0.5 }, undefined, { status: 4, collections: [] }],
  [
    "of too many collections",
    { collections: [INBOX, collection("1"), collection("2")] },
    undefined,
    { status: 15, limit: 2, collections: [] },
  ],
])("refuses a Sync %s", (_title, body, kept, answer) => {
  expect(checkSync(body, kept, LIMITS)).toEqual({ kind: "refused", answer });
});

test("repeats the kept request for an empty one", () => {
  expect(checkSync({}, KEPT, LIMITS)).toMatchObject({ kind: "complete", body: KEPT.body, waitSeconds: 480 });
});

test.each<[string, KeptSync["body"], SyncRequest, object]>([
  [
    "a collection",
    { collections: [collection("5", "1", 3), collection("1", "1", 2)], waitMinutes: 8 },
    { collections: [collection("5", "2")] },
    { collections: [collection("5", "2"), collection("1", "1")], waitMinutes: 8 },
  ],
  ["the wait", KEPT.body, { waitMinutes: 12 }, { collections: [INBOX], waitMinutes: 12 }],
  [
    "the unit of the wait",
    KEPT.body,
    { heartbeatIntervalSeconds: 90 },
    { collections: [INBOX], heartbeatIntervalSeconds: 90 },
  ],
])("replaces what a partial request names: %s", (_title, kept, changes, body) => {
  const check = checkSync({ partial: true, ...changes }, { body: kept, repeatable: false }, LIMITS);
  expect(check).toMatchObject({ kind: "complete", body: { ...body, partial: true } });
});
