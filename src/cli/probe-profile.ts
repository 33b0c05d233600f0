import { UsageError } from "../errors.ts";
import { type PathFinding, roundest } from "../heartbeat/path-finding.ts";
import type { Ending, Endings, PlainEnding } from "../path/condition.ts";
import type { ConditionSettings } from "../path/conditions/index.ts";
import type { Profile } from "../path/hop.ts";
import { RESPOND_STATUSES } from "../profile/conditions/endings.ts";
import { formatDuration } from "../profile/durations.ts";

/**
 * The profile of a path that was measured.
 * @param host what was probed
 * @param day when, as 2026-11-26
 * @throws UsageError E_USAGE nothing was measured that a profile could say
 */
export function profileOfFinding(finding: PathFinding, host: string, day: string): Profile {
  const { verdict, aliveMs, deadMs, told } = finding;
  if (deadMs === undefined || (verdict !== "idle-timeout" && verdict !== "lifetime"))
    throw new UsageError(
      "E_USAGE",
      `--write-profile: found ${verdict}, expected an idle time-out or a lifetime to write`,
    );
  const ms = roundest(told ? Math.max(0, deadMs - 1000) : aliveMs, deadMs);
  const endings = endingsOfFinding(finding);
  const kind = typeof endings.toDevice === "string" ? "firewall" : "reverse-proxy";
  const unverified = unverifiedOf(finding);
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

function unverifiedOf(finding: PathFinding): readonly string[] {
  return [
    ...(finding.server === undefined ? ["What the server sees at expiry: it did not tell."] : []),
    ...(finding.refreshedBy === undefined ? ["Whose bytes restart the timer: it was not tried."] : []),
    ...(finding.refreshedByKeepalive === undefined ? ["Whether TCP keepalives do: it was not tried."] : []),
  ];
}
