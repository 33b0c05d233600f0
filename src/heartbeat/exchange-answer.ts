import type { PingResponse } from "../activesync/ping.ts";
import type { SyncResponse } from "../activesync/sync.ts";
import type { ExchangeEnd } from "./events.ts";
import type { Answer } from "./exchange-events.ts";

/** What an answer says about its request. */
export interface Judgement {
  readonly outcome: ExchangeEnd["outcome"];
  /** The Status of the answer, where one was read. */
  readonly status: number | undefined;
  /** What becomes of the interval that the request stored: kept, taken back, or forgotten with all that was stored. */
  readonly memory: "keep" | "undo" | "forget";
  /** The nearest value that the server takes, of the unit that the request used, where it refuses the interval. */
  readonly limit?: number | undefined;
}

/**
 * Judges an answer by its HTTP status and body; `intervalPassed` decides where the body alone does not tell.
 * A server that answers with an HTTP error has taken nothing in; one that refuses the interval keeps the one before.
 */
export function judgeAnswer(httpStatus: number, answer: Answer, intervalPassed: boolean): Judgement {
  if (httpStatus < 200 || httpStatus > 299) return { outcome: "serverFailed", status: undefined, memory: "undo" };
  if (typeof answer.body === "string") return byTime(intervalPassed, undefined);
  return answer.command === "Ping" ? judgePing(answer.body, intervalPassed) : judgeSync(answer.body, intervalPassed);
}

/** Whether an answer, once it arrives, shows that the path has borne the silence before it. */
export function endsSilence({ outcome }: Judgement): boolean {
  return outcome === "held" || outcome === "changes";
}

/**
 * Statuses that concern the stored request (MS-ASCMD, "Status (Ping)" and "Status (Sync)"): 3, 13 and 149 say that
 * there is none to repeat, the others refuse what came.
 */
const PING_MEMORY: ReadonlyMap<number, Judgement["memory"]> = new Map([
  [3, "forget"],
  [4, "undo"],
  [5, "undo"],
  [6, "undo"],
]);
const SYNC_MEMORY: ReadonlyMap<number, Judgement["memory"]> = new Map([
  [4, "undo"],
  [13, "forget"],
  [14, "undo"],
  [15, "undo"],
  [149, "forget"],
]);

/** The body does not say whether anything changed: only a change gives a server reason to answer early. */
function byTime(intervalPassed: boolean, status: number | undefined): Judgement {
  return { outcome: intervalPassed ? "held" : "changes", status, memory: "keep" };
}

/** A Ping without a body is allowed (MS-ASHTTP), yet early it tells a device nothing but that the server failed. */
function judgePing(body: PingResponse | undefined, intervalPassed: boolean): Judgement {
  if (body === undefined) {
    return { outcome: intervalPassed ? "held" : "serverFailed", status: undefined, memory: "keep" };
  }
  const { status } = body;
  if (status === 1) return { outcome: "held", status, memory: "keep" };
  if (status === 2) return { outcome: "changes", status, memory: "keep" };
  const limit = status === 5 ? body.heartbeatIntervalSeconds : undefined;
  return { outcome: "rejected", status, memory: PING_MEMORY.get(status) ?? "keep", limit };
}

/** Changes count even beside a collection that was refused: they are what the device waited for. */
function judgeSync(body: SyncResponse | undefined, intervalPassed: boolean): Judgement {
  if (body === undefined) return { outcome: "held", status: undefined, memory: "keep" };
  const status = syncStatus(body);
  const refusedWhole = body.status !== undefined && body.status !== 1;
  const brings = body.collections.some((collection) => collection.commandCount > 0 || collection.moreAvailable);
  if (brings && !refusedWhole) return { outcome: "changes", status, memory: "keep" };
  if (status === undefined || status === 1) return byTime(intervalPassed, status);
  const limit = status === 14 ? body.limit : undefined;
  return { outcome: "rejected", status, memory: SYNC_MEMORY.get(status) ?? "keep", limit };
}

/** The whole request's status, else that of the first collection refused, else that of any. */
function syncStatus(body: SyncResponse): number | undefined {
  const statuses = body.collections.map((collection) => collection.status);
  return body.status ?? statuses.find((status) => status !== 1) ?? statuses[0];
}
