import { type LoggedEnding, loggedInterval, type LogReading, nameHash, OTHER_LINE } from "./log-entry.ts";

/** Reads a line of idlewall's own log in JSON (docs/log.md): the one that is written when an exchange has ended. */
export function readOwnLine(line: string): LogReading {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: "broken", reason: "found no whole JSON object" };
  }
  if (!isRecord(value)) return { kind: "broken", reason: "found no JSON object" };
  const { outcome, time, device, deviceType, command, heartbeatIntervalSeconds, waitedSeconds } = value;
  const ending = typeof outcome === "string" ? ENDINGS.get(outcome) : undefined;
  if (ending === undefined || typeof command !== "string") return OTHER_LINE;
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(at)) return { kind: "broken", reason: "found no time that is an instant" };
  return {
    kind: "entry",
    at,
    device: nameHash(typeof device === "string" ? device : "", ""),
    deviceType: typeof deviceType === "string" ? deviceType : "",
    command,
    intervalSeconds: loggedInterval(
      typeof heartbeatIntervalSeconds === "number" ? heartbeatIntervalSeconds : undefined,
    ),
    ending,
    waitedMs: typeof waitedSeconds === "number" ? Math.max(waitedSeconds, 0) * 1000 : undefined,
    messages: undefined,
  };
}

const ENDINGS: ReadonlyMap<string, LoggedEnding> = new Map([
  ["held", "held"],
  ["changes", "changes"],
  ["rejected", "refused"],
  ["serverFailed", "refused"],
  ["expired", "failed"],
  ["cut", "failed"],
  ["lost", "failed"],
  ["withdrawn", "replaced"],
]);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
