import type { LoggedEnding } from "./log-entry.ts";

/**
 * The number that follows a name among Exchange's items, in both spellings: `_Hb600_` and `_Hb:600_`; `undefined` without
 * one. `items` begins with `_`. Source: TechNet bb201675; lines of Exchange 2010 and 2016.
 */
export function numberItem(items: string, name: string): number | undefined {
  const sought = `_${name}`;
  for (let at = items.indexOf(sought); at !== -1; at = items.indexOf(sought, at + 1)) {
    const value = numberAt(items, at + sought.length);
    if (value !== undefined) return value;
  }
  return undefined;
}

function numberAt(items: string, from: number): number | undefined {
  let at = from;
  if (items[at] === ":") at += 1;
  else if (items[at] === "%") at += 3;
  let value = 0;
  const digitsAt = at;
  for (; at < items.length && at < digitsAt + 9; at += 1) {
    const digit = items.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = 10 * value + digit;
  }
  return at > digitsAt && (at === items.length || items[at] === "_") ? value : undefined;
}

/**
 * Messages that a Sync brought: what the server added (`Srv:2a0c...`, `Svr:` in the documentation) to folders of mail
 * (`Ty:Em`) in a subsequent Sync (`St:S`); a first or a recovering one brings old mail. `undefined` when it isn't told.
 * Source: TechNet bb201675.
 */
export function messagesIn(items: string): number | undefined {
  let [type, syncing, messages]: [string, string, number | undefined] = ["Em", "S", undefined];
  for (const [, name = "", value = ""] of items.matchAll(/_(Ty|St|Srv|Svr)(?::|%3a)?([^_]*)/giu)) {
    const word = name.toLowerCase();
    if (word === "ty") type = value;
    else if (word === "st") syncing = value;
    else {
      const added = /^(\d{1,9})a/iu.exec(value)?.[1];
      if (added === undefined) continue;
      messages = (messages ?? 0) + (type === "Em" && syncing === "S" ? Number(added) : 0);
    }
  }
  return messages;
}

/** What a line says of a request's end. */
export interface LoggedEnd {
  readonly command: string;
  readonly items: string;
  readonly httpStatus: number | undefined;
  readonly win32Status: number | undefined;
  readonly waitedMs: number | undefined;
  readonly intervalSeconds: number | undefined;
  readonly messages: number | undefined;
}

/** How much before its interval's end an answer still counts as one at the end, in ms: chosen here. */
const MARGIN_MS = 2000;

/** What Windows calls a network name that is no longer available: ERROR_NETNAME_DELETED. */
const CONNECTION_GONE = 64;

/**
 * How a waiting request ended, as far as its line tells. That `sc-win32-status` 64 means a connection that was gone, and
 * that `S` of a Ping is its Status, is told by no documentation of Exchange: both are taken so here.
 */
export function endingOf(end: LoggedEnd): LoggedEnding {
  if (end.items.includes("PingCollision")) return "replaced";
  if (end.win32Status === CONNECTION_GONE) return "failed";
  if (end.httpStatus !== undefined && end.httpStatus >= 400) return "refused";
  const status = end.command === "Ping" ? numberItem(end.items, "S") : undefined;
  if (status === 2 || (end.messages ?? 0) > 0) return "changes";
  if (status !== undefined && status > 2 && status < 9) return "refused";
  if (status === 1) return "held";
  if (end.waitedMs === undefined || end.intervalSeconds === undefined) return "unknown";
  return end.waitedMs >= end.intervalSeconds * 1000 - MARGIN_MS ? "held" : "early";
}
