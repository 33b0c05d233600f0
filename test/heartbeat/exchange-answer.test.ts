import { expect, test } from "vitest";
import type { SyncResponse, SyncResponseCollection } from "../../src/activesync/sync.ts";
import { judgeAnswer } from "../../src/heartbeat/exchange-answer.ts";

function collection(parts: Partial<SyncResponseCollection> = {}): SyncResponseCollection {
  return { collectionId: "1", syncKey: "7", status: 1, added: [], moreAvailable: false, commandCount: 0, ...parts };
}

test.each([
  [1, "held", "keep"],
  [2, "changes", "keep"],
  [3, "rejected", "forget"],
  [4, "rejected", "undo"],
  [5, "rejected", "undo"],
  [6, "rejected", "undo"],
  [7, "rejected", "keep"],
  [8, "rejected", "keep"],
  [177, "rejected", "keep"],
] as const)("a Ping answered with Status %d is %s, and what it stored: %s", (status, outcome, memory) => {
  const answer = { command: "Ping", body: { status } } as const;
  expect(judgeAnswer(200, answer, false)).toEqual({ outcome, status, memory });
  expect(judgeAnswer(200, answer, true)).toEqual({ outcome, status, memory });
});

test.each([
  ["a status of 1 and no collection", { status: 1, collections: [] }, "changes", "held", 1],
  ["no status and no collection", { collections: [] }, "changes", "held", undefined],
  ["a collection in which nothing changed", { collections: [collection()] }, "changes", "held", 1],
  ["changes", { collections: [collection({ commandCount: 1 })] }, "changes", "changes", 1],
  ["the promise of more", { collections: [collection({ moreAvailable: true })] }, "changes", "changes", 1],
  [
    "changes beside a collection refused",
    { collections: [collection({ commandCount: 2 }), collection({ status: 8 })] },
    "changes",
    "changes",
    8,
  ],
  ["a collection refused", { collections: [collection(), collection({ status: 3 })] }, "rejected", "rejected", 3],
  [
    "changes in a request refused as a whole",
    { status: 16, collections: [collection({ commandCount: 1 })] },
    "rejected",
    "rejected",
    16,
  ],
  [
    "a whole status of 1 and changes",
    { status: 1, collections: [collection({ commandCount: 1 })] },
    "changes",
    "changes",
    1,
  ],
] satisfies readonly (readonly [string, SyncResponse, string, string, number | undefined])[])(
  "a Sync answered with %s is %s before its interval's end and %s at it",
  (_, body, early, due, status) => {
    expect(judgeAnswer(200, { command: "Sync", body }, false)).toEqual({ outcome: early, status, memory: "keep" });
    expect(judgeAnswer(200, { command: "Sync", body }, true)).toEqual({ outcome: due, status, memory: "keep" });
  },
);

test.each([
  [4, "undo"],
  [12, "keep"],
  [13, "forget"],
  [14, "undo"],
  [15, "undo"],
  [16, "keep"],
  [149, "forget"],
] as const)("a Sync answered with Status %d is rejected, and what it stored: %s", (status, memory) => {
  const judged = judgeAnswer(200, { command: "Sync", body: { status, collections: [] } }, true);
  expect(judged).toEqual({ outcome: "rejected", status, memory });
});

test.each([
  ["Sync", undefined, "held", "held"],
  ["Ping", undefined, "serverFailed", "held"],
  ["Ping", "wbxml", "changes", "held"],
  ["Sync", "gzip", "changes", "held"],
  ["Sync", "too-large", "changes", "held"],
] as const)(
  "a %s answered with the body %s is %s before its interval's end and %s at it",
  (command, body, early, due) => {
    expect(judgeAnswer(200, { command, body }, false)).toEqual({ outcome: early, status: undefined, memory: "keep" });
    expect(judgeAnswer(200, { command, body }, true)).toEqual({ outcome: due, status: undefined, memory: "keep" });
  },
);

test.each([199, 300, 401, 449, 503])("HTTP status %d is the server's failure, whatever the body", (httpStatus) => {
  const judged = judgeAnswer(httpStatus, { command: "Ping", body: { status: 1 } }, true);
  expect(judged).toEqual({ outcome: "serverFailed", status: undefined, memory: "undo" });
});

test.each([200, 206, 299])("HTTP status %d is an answer", (httpStatus) => {
  expect(judgeAnswer(httpStatus, { command: "Ping", body: { status: 1 } }, false).outcome).toBe("held");
});
