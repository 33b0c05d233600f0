import { type FlowSeen, type PathFinding, roundest } from "../heartbeat/path-finding.ts";
import type { Ending, Endings, PlainEnding } from "../path/condition.ts";
import type { ConditionSettings } from "../path/conditions/index.ts";
import type { Profile } from "../path/hop.ts";
import { RESPOND_STATUSES } from "../profile/conditions/endings.ts";
import { formatDuration } from "../profile/durations.ts";

/**
 * The profile of a path that was measured; `undefined` when nothing was that a profile could say. What was not tried, and
 * what a profile can't say as it was found, stands there as unverified.
 * @param host what was probed
 * @param day when, as 2026-11-26
 */
export function profileOfFinding(finding: PathFinding, host: string, day: string): Profile | undefined {
  const { verdict, aliveMs, deadMs, told } = finding;
  if (deadMs === undefined || (verdict !== "idle-timeout" && verdict !== "lifetime")) return undefined;
  const ms = roundest(told ? Math.max(0, deadMs - 1000) : aliveMs, deadMs);
  const endings = endingsOfFinding(finding);
  const kind = typeof endings.toDevice === "string" ? "firewall" : "reverse-proxy";
  const unverified = [...untriedOf(finding), ...replacedIn(finding)];
  return {
    name: `measured-${formatDuration(ms)}`,
    title: `The path to ${host}, as measured: ${verdict === "lifetime" ? "a lifetime" : "an idle time-out"} of ${formatDuration(ms)}`,
    source: `measured by idlewall probe on ${day} against ${host}`,
    ...(unverified.length > 0 && { unverified }),
    hops: [{ name: "measured", kind, conditions: [conditionOf(finding, ms, endings)] }],
  };
}

function conditionOf(finding: PathFinding, ms: number, atExpiry: Endings): ConditionSettings {
  if (finding.verdict === "lifetime") return { type: "lifetime", ageMs: ms, atExpiry };
  const { refreshedBy = "either", refreshedByKeepalive } = finding;
  return {
    type: "idle-timeout",
    idleTimeoutMs: ms,
    atExpiry,
    refreshedBy: refreshedBy === "neither" ? "either" : refreshedBy,
    ...(refreshedByKeepalive !== undefined && { refreshedByKeepalive }),
  };
}

function endingsOfFinding({ device, server }: PathFinding): Endings {
  const toDevice = deviceEnding(device);
  if (server === undefined) return { toDevice, toServer: typeof toDevice === "string" ? toDevice : "reset" };
  return { toDevice, toServer: serverEnding(server) };
}

function deviceEnding(device: PathFinding["device"]): Ending {
  const seen = device?.atExpiry ?? "nothing";
  if (typeof seen === "object") return { respond: RESPOND_STATUSES.find((each) => each === seen.status) ?? 504 };
  if (seen === "reset") return "reset";
  if (seen === "closed") return "close";
  return device?.onSend === "reset" ? "reset-on-next" : "drop";
}

function serverEnding({ atExpiry, onSend }: NonNullable<PathFinding["server"]>): PlainEnding {
  if (atExpiry === "rst") return "reset";
  if (atExpiry === "fin") return "close";
  return onSend === "rst" ? "reset-on-next" : "drop";
}

/** What was not tried, a sentence each. */
function untriedOf({ verdict, device, server, refreshedBy, refreshedByKeepalive }: PathFinding): readonly string[] {
  const isIdle = verdict === "idle-timeout";
  return [
    ...(device === undefined ? ["What the device sees at expiry: it was not seen."] : []),
    ...(server === undefined ? ["What the server sees at expiry: it did not tell."] : []),
    ...(isIdle && refreshedBy === undefined ? ["Whose bytes restart the timer: it was not tried."] : []),
    ...(isIdle && refreshedByKeepalive === undefined ? ["Whether TCP keepalives do: it was not tried."] : []),
  ];
}

/** What was found, and what stands for it here because a hop can't do that, a sentence each. */
function replacedIn({ device, server, refreshedBy, verdict, varies }: PathFinding): readonly string[] {
  const seen = device?.atExpiry ?? "nothing";
  const isOther = typeof seen === "object" && !RESPOND_STATUSES.some((each) => each === seen.status);
  return [
    ...(isOther ? [`The device was answered HTTP ${seen.status} at expiry: 504 stands for it.`] : []),
    ...(seen === "nothing" && isUnlikeSilence(device?.onSend)
      ? [`Sending into an expired flow, the device was told ${wordsOf(device?.onSend)}: drop stands for it.`]
      : []),
    ...(server?.atExpiry === "nothing" && server.onSend === "fin"
      ? ["Sending into an expired flow, the server was told FIN: drop stands for it."]
      : []),
    ...(verdict === "idle-timeout" && refreshedBy === "neither"
      ? ["Neither side's bytes restarted the timer: either stands for it."]
      : []),
    ...(varies ? ["The time-out varies: one value stands for all."] : []),
  ];
}

/** An answer to what is sent into an expired flow that neither `drop` nor `reset-on-next` is. */
function isUnlikeSilence(onSend: FlowSeen | "nothing" | undefined): boolean {
  return onSend !== undefined && onSend !== "nothing" && onSend !== "reset";
}

function wordsOf(seen: FlowSeen | "nothing" | undefined): string {
  if (typeof seen === "object") return `HTTP ${seen.status}`;
  return seen === "closed" ? "FIN" : "an answer";
}
