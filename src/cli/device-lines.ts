import type { DeviceExchange } from "../heartbeat/device-events.ts";
import type { DevicePause } from "../live/device-options.ts";
import { clock, minutes } from "../report/ladder.ts";

/** What a device tells of one heartbeat or one pause: as JSON, and as a line for people. */
export interface DeviceLine {
  readonly json: Readonly<Record<string, string | number | boolean>>;
  readonly text: string;
}

/** The line of a heartbeat that has ended, as far as a device can know it. */
export function exchangeLine(record: DeviceExchange, device: string): DeviceLine {
  const { askedAt, command, heartbeatIntervalSeconds, ending, durationMs, move, pauseMs, conclusion } = record;
  const asks = `${command} ${minutes(heartbeatIntervalSeconds)}`;
  const ended = `${inWords(ending)} after ${minutes(durationMs / 1000)}`;
  const { kind, ...details } = ending;
  return {
    json: {
      kind: "exchange",
      atSeconds: seconds(askedAt),
      device,
      command,
      heartbeatIntervalSeconds,
      ending: kind,
      ...details,
      durationSeconds: seconds(durationMs),
      move: move.kind,
      nextHeartbeatIntervalSeconds: move.heartbeatIntervalSeconds,
      settled: move.settled,
      pauseSeconds: seconds(pauseMs),
      conclusion,
    },
    text: line(askedAt, device, asks.padEnd(16), ended.padEnd(36), conclusion),
  };
}

/** The line of a pause, which is also what becomes of a server that can't be reached. */
export function pauseLine({ at, pauseMs, reason }: DevicePause, device: string): DeviceLine {
  return {
    json: { kind: "pause", atSeconds: seconds(at), device, pauseSeconds: seconds(pauseMs), reason },
    text: line(at, device, reason),
  };
}

function inWords(ending: DeviceExchange["ending"]): string {
  switch (ending.kind) {
    case "held":
      return "held: answered";
    case "changes":
      return "changes: answered";
    case "rejected":
      return `refused with Status ${ending.status}`;
    case "silence":
      return "no answer, given up";
    case "httpError":
      return `HTTP ${ending.httpStatus}`;
    case "unreadable":
      return "an answer that makes no sense";
    case "unreachable":
      return "no connection";
    case "reset":
    case "closed":
      return ending.kind;
  }
}

function line(at: number, device: string, ...columns: readonly string[]): string {
  return [clock(at / 1000).padStart(8), device, ...columns].join("  ").trimEnd();
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
