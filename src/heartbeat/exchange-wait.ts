import type { Millis } from "../core/machine.ts";
import type { Exchange, ExchangeEnd } from "./events.ts";

/** How much sooner than its interval's end an answer may come and still count as held: clocks and networks are not exact. */
const TOLERANCE_MS: Millis = 1000;

/** Tells whether at least the interval, less 1 s, has passed since the request; never for an unknown interval. */
export function intervalPassed(exchange: Exchange, now: Millis): boolean {
  const seconds = exchange.heartbeatIntervalSeconds;
  return seconds !== undefined && now - exchange.askedAt >= seconds * 1000 - TOLERANCE_MS;
}

/**
 * How long the path bore the silence of an answered exchange, in whole seconds: the interval, unless the server answered
 * before its end, because something came or because of a lower maximum of its own (SOGo: 10 s by default).
 */
export function heldSeconds(exchange: Exchange, end: Pick<ExchangeEnd, "endedAt">): number {
  const seconds = exchange.heartbeatIntervalSeconds;
  if (seconds !== undefined && intervalPassed(exchange, end.endedAt)) return seconds;
  return Math.floor((end.endedAt - exchange.askedAt) / 1000);
}

/**
 * How long the path was silent at most until it failed a lost exchange, in whole seconds; `undefined` where the path need
 * not have failed at all: a device that gives up its connection before its interval is over has reasons of its own, such
 * as another network, for no silence has told it anything yet.
 */
export function failedSeconds(exchange: Exchange, { endedAt, returned }: ExchangeEnd): number | undefined {
  const seconds = exchange.heartbeatIntervalSeconds ?? Infinity;
  const waited = Math.ceil((endedAt - exchange.askedAt) / 1000);
  return returned === true && waited < seconds ? undefined : Math.min(waited, seconds);
}
