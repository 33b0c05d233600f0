import type { Threshold } from "../heartbeat/path-evidence.ts";
import type { FlowSeen, PathFinding } from "../heartbeat/path-finding.ts";
import type { SearchSettings } from "../heartbeat/path-rungs.ts";
import { formatDuration } from "../profile/durations.ts";
import { percent } from "./bounds-words.ts";

/**
 * What was found, as sentences for people.
 * @param toMs longest silence that was to be tried
 */
export function findingLines(finding: PathFinding, toMs: number): readonly string[] {
  const { agreement, testCount, flowCount, tookMs } = finding;
  return [
    verdictLine(finding, toMs),
    ...sidesLines(finding),
    ...refreshLines(finding),
    ...failedLines(finding),
    `${testCount} silences tried with up to ${flowCount} flows at a time, in ${duration(tookMs)}; ` +
      `${percent(agreement)} of them agree`,
  ];
}

/** What is about to be done, and how long that takes by the clock. */
export function planLine({ fromMs, toMs, graceMs, preset }: SearchSettings, timeScale: number): string {
  const longest = formatDuration(Math.max(1, Math.round((toMs + 2 * graceMs) / timeScale / 1000)) * 1000);
  const rounds = preset ? "each round that narrows it takes as long as it" : "and little more than that to narrow it";
  return `silences of ${duration(fromMs)} to ${duration(toMs)} are tried: up to ${longest} until a time-out is known, ${rounds}`;
}

/** A bracket on the way. */
export function bracketLine(aliveMs: number, deadMs: number | undefined): string {
  const borne = aliveMs > 0 ? `${duration(aliveMs)} of silence is borne` : "no silence is known to be borne";
  return deadMs === undefined ? borne : `${borne}, ${duration(deadMs)} is not`;
}

/** What was found, with times in seconds as every JSON of ours has them. */
export function findingJson(finding: PathFinding, address: string): object {
  const { aliveMs, deadMs, tookMs, serverMaximumMs, ...rest } = finding;
  return {
    address,
    ...rest,
    ...bracketJson(aliveMs, deadMs),
    ...(serverMaximumMs !== undefined && { serverMaximumSeconds: serverMaximumMs / 1000 }),
    tookSeconds: tookMs / 1000,
  };
}

/** What a search that was stopped had found, as JSON. */
export function stoppedJson(
  address: string,
  { aliveMs, deadMs }: Threshold = { aliveMs: 0, deadMs: undefined },
): object {
  return { address, verdict: "stopped", ...bracketJson(aliveMs, deadMs) };
}

function bracketJson(aliveMs: number, deadMs: number | undefined): object {
  return {
    longestAliveSeconds: aliveMs / 1000,
    ...(deadMs !== undefined && { shortestDeadSeconds: deadMs / 1000 }),
  };
}

/** Whether a search ended without having tried all that was asked of it, though nothing but lost flows kept it from that. */
export function isIncomplete({ verdict, aliveMs, serverMaximumMs }: PathFinding, toMs: number): boolean {
  return verdict === "longer" && isShort(aliveMs, Math.min(toMs, serverMaximumMs ?? Infinity));
}

function verdictLine(finding: PathFinding, toMs: number): string {
  const { verdict, aliveMs, deadMs = 0, told, varies } = finding;
  const [alive, dead] = [duration(aliveMs), duration(deadMs)];
  switch (verdict) {
    case "idle-timeout":
      return told
        ? `idle time-out: ${dead}, the instant at which the path ended flows`
        : `idle time-out: more than ${alive}, at most ${dead}${varies ? "; it varies inside that" : ""}`;
    case "lifetime":
      return `lifetime: flows end at an age of ${dead}, whether or not they are silent (borne: ${alive})`;
    case "longer":
      return `no idle time-out up to ${alive}${furtherWords(finding, toMs)}`;
    case "shorter":
      return `idle time-out: at most ${dead}; --from tries shorter`;
    case "outage":
      return `outage: all flows ended at once, or the server was gone; nothing follows of the time-out (borne: ${alive})`;
    case "evicts":
      return "no idle time-out found: the path ends the oldest flows when there are many, whatever their silence";
    case "inconsistent":
      return `inconsistent: most results agree with more than ${alive}, at most ${dead}, others contradict it`;
  }
}

/** What keeps longer silences from being known. */
function furtherWords({ serverMaximumMs, aliveMs }: PathFinding, toMs: number): string {
  const isLimit = serverMaximumMs !== undefined && aliveMs >= serverMaximumMs * NEARLY;
  if (isLimit) return `: the server takes no interval above ${duration(serverMaximumMs)}`;
  return isShort(aliveMs, toMs) ? "; of longer silences nothing is known" : "; --to tries longer";
}

/** Whether the longest silence that is borne is not as long as was to be tried. */
function isShort(aliveMs: number, toMs: number): boolean {
  return aliveMs < toMs * NEARLY;
}

/** A silence as long as was asked for: the clocks of both ends need not agree to the millisecond. */
const NEARLY = 0.999;

function failedLines({ failedCount, failedReason }: PathFinding): readonly string[] {
  if (failedCount === 0) return [];
  const reason = failedReason === undefined ? "" : ` (${failedReason})`;
  return [
    `${failedCount} ${failedCount === 1 ? "flow" : "flows"} did not come about${reason}, nothing follows from that`,
  ];
}

function sidesLines({ device, server, cutFirst }: PathFinding): readonly string[] {
  const lines: string[] = [];
  if (device !== undefined) {
    const onSend = device.onSend === undefined ? "" : `; when it sends then: ${seenWords(device.onSend)}`;
    lines.push(`device at expiry: ${seenWords(device.atExpiry)}${onSend}`);
  }
  if (server !== undefined)
    lines.push(
      `server at expiry: ${server.atExpiry.toUpperCase()}; when it sends then: ${server.onSend.toUpperCase()}`,
    );
  if (cutFirst !== undefined) lines.push(`told first: ${cutFirst}`);
  return lines.map((line) => line.replaceAll("NOTHING", "nothing"));
}

function refreshLines({ refreshedBy, refreshedByKeepalive }: PathFinding): readonly string[] {
  return [
    ...(refreshedBy === undefined ? [] : [`refreshed by bytes: ${REFRESHED[refreshedBy]}`]),
    ...(refreshedByKeepalive === undefined
      ? []
      : [`refreshed by TCP keepalives: ${refreshedByKeepalive ? "yes" : "no"}`]),
  ];
}

const REFRESHED = {
  either: "of either side",
  toServer: "of the device only",
  toDevice: "of the server only",
  neither: "of nobody",
} as const;

function seenWords(seen: FlowSeen | "nothing"): string {
  if (typeof seen === "object") return `HTTP ${seen.status}`;
  return { answered: "an answer", reset: "RST", closed: "FIN", nothing: "nothing" }[seen];
}

/** To a tenth of a second. */
function duration(ms: number): string {
  return formatDuration(Math.round(ms / 100) * 100);
}
