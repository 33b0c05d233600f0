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
export function heldSeconds(exchange: Exchange, end: Pick<ExchangeEnd, "endedAt">): number {
  const seconds = exchange.heartbeatIntervalSeconds;
  if (seconds !== undefined && intervalPassed(exchange, end.endedAt)) return seconds;
  return Math.floor((end.endedAt - exchange.askedAt) / 1000);
}

/** How long the path was silent at least before an answer, in whole seconds, and no longer than the interval. */
export function borneSeconds({ askedAt, heartbeatIntervalSeconds = Infinity }: Exchange, endedAt: Millis): number {
  return Math.min(Math.floor((endedAt - askedAt) / 1000), heartbeatIntervalSeconds);
}

/** How long the path was silent at most until it had failed, in whole seconds, and no longer than the interval. */
export function failedSeconds({ askedAt, heartbeatIntervalSeconds = Infinity }: Exchange, endedAt: Millis): number {
  return Math.min(Math.ceil((endedAt - askedAt) / 1000), heartbeatIntervalSeconds);
}

/**
 * Tells whether the real path in front of us has failed in a lost exchange. A device that gives up its connection before its interval is
 * over has reasons of its own, such as another network, for no silence has told it anything yet.
 */
export function frontFailed(
  { askedAt, heartbeatIntervalSeconds = Infinity }: Exchange,
  { outcome, returned, endedAt }: ExchangeEnd,
): boolean {
  return outcome === "lost" && (returned !== true || endedAt - askedAt >= heartbeatIntervalSeconds * 1000);
}

/**
 * Tells whether the server refused an exchange at once, by an HTTP error (401 for want of a password, 403, 449, 503), by a
 * Status against the request, or because nobody was there: it was never parked, and so no attempt at its interval. One that
 * a server fails later has waited, unless it blames the request (4xx; RFC 9110, 15.5): it knew that from the beginning, but
 * for 408, which says that it has waited.
 */
export function refusedAtOnce({ askedAt }: Exchange, { outcome, httpStatus = 0, endedAt }: ExchangeEnd): boolean {
  if (outcome === "serverFailed" && httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408) return true;
  return (outcome === "rejected" || outcome === "serverFailed") && endedAt - askedAt < REFUSAL_MS;
}

/** How soon a server refuses: within a slow sign-in, and before the least that any is known to park (SOGo: 10 s). */
const REFUSAL_MS: Millis = 5000;

/**
 * Whether an interval, in s, is one that a server may wait for. Anybody can ask for a year or for -100 s, and would spoil
 * every mean with it; what Exchange makes of these is not known.
 */
export function isAskable(seconds: number): boolean {
  return seconds > 0 && seconds <= LONGEST_ASKABLE_SECONDS;
}

/** Twice what Exchange takes by default (MS-ASCMD, HeartbeatInterval: 3540 s). */
const LONGEST_ASKABLE_SECONDS = 7080;
