import { minutes } from "../core/duration-words.ts";
import type { OpenRow, TraceRow } from "../heartbeat/trace.ts";

export { minutes };

/** The heading of a ladder, above its lines. */
export function ladderHeading(withDevice: boolean): string {
  return [
    ...(withDevice ? ["device".padEnd(DEVICE_WIDTH)] : []),
    ...columns("at", "asks", "what happens", "the device concludes"),
  ]
    .join("  ")
    .trimEnd();
}

/** One exchange as a line for people: when, what the device asked, what happened and where, what it concluded. */
export function ladderLine(row: TraceRow, withDevice: boolean): string {
  const asks = `${row.command} ${minutes(row.heartbeatIntervalSeconds)}`;
  const line = columns(clock(row.atSeconds), asks, whatHappened(row), row.conclusion);
  return [...(withDevice ? [row.device.padEnd(DEVICE_WIDTH)] : []), ...line].join("  ");
}

/** A request that is still parked at the end, as a line for people. */
export function openLine({ device, exchange }: OpenRow, withDevice: boolean): string {
  const asks = `${exchange.command} ${minutes(exchange.heartbeatIntervalSeconds)}`;
  const line = columns(clock(exchange.askedAt / 1000), asks, "still parked", "");
  return [...(withDevice ? [device.padEnd(DEVICE_WIDTH)] : []), ...line].join("  ").trimEnd();
}

/** What happened to an exchange and on which hop, as a phrase. */
function whatHappened(row: TraceRow): string {
  const after = minutes(row.durationSeconds);
  if (row.ending === "silence" && (row.outcome === "held" || row.outcome === "changes"))
    return `${row.outcome}: the answer came when the device had given up, ${after}`;
  switch (row.outcome) {
    case "held":
      return `held: answered after ${after}, nothing new`;
    case "changes":
      return `changes: answered after ${after} by new mail`;
    case "rejected":
      return `rejected: refused by the server after ${after}`;
    case "expired":
    case "cut":
      return `${row.outcome} on ${row.hop} (${row.action}): ${noticed(row, after)}`;
    case "lost":
      return `lost on the way: ${noticed(row, after)}`;
    case "withdrawn":
      return `withdrawn by the device after ${after}`;
    case "serverFailed":
      return `serverFailed: ${noticed(row, after)}`;
  }
}

/** An instant as hours, minutes and seconds from the start: `0:15:05`. */
export function clock(atSeconds: number): string {
  const whole = Math.round(atSeconds);
  return `${Math.floor(whole / 3600)}:${twoDigits(Math.floor(whole / 60) % 60)}:${twoDigits(whole % 60)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

function noticed(row: TraceRow, after: string): string {
  switch (row.ending) {
    case "silence":
      return `no answer, given up after ${after}`;
    case "reset":
      return `reset after ${after}`;
    case "closed":
      return `closed after ${after}`;
    case "unreachable":
      return "no connection";
    case "httpError":
      return `an HTTP error after ${after}`;
    case "held":
    case "changes":
    case "rejected":
    case "unreadable":
      return `answered after ${after}`;
  }
}

const DEVICE_WIDTH = 10;

function columns(at: string, asks: string, happens: string, concludes: string): readonly string[] {
  return [at.padStart(8), asks.padEnd(16), happens.padEnd(64), concludes];
}
