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
 * How long the path bore the silence of a held exchange, in whole seconds: the interval, unless the server answered
 * before its end, as one with a lower maximum of its own does (SOGo: 10 s by default).
 */
export function heldSeconds(exchange: Exchange, end: ExchangeEnd): number {
  const seconds = exchange.heartbeatIntervalSeconds;
  if (seconds !== undefined && intervalPassed(exchange, end.endedAt)) return seconds;
  return Math.floor((end.endedAt - exchange.askedAt) / 1000);
}
