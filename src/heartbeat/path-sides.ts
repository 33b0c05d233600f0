import type { Millis } from "../core/machine.ts";
import type { DeviceSide, PathFinding, ServerReport, ServerSide } from "./path-finding.ts";
import type { SearchFlow } from "./path-flows.ts";

/** What both ends saw of a flow that expired; nothing when none did. */
export function concludeSides(
  witness: SearchFlow | undefined,
  flows: readonly SearchFlow[],
  report: ServerReport | undefined,
  togetherMs: Millis,
): Pick<PathFinding, "device" | "server" | "cutFirst"> {
  if (witness === undefined) return {};
  const device = deviceSide(witness, flows);
  if (report === undefined) return { device };
  return { device, server: serverSide(report), cutFirst: firstCut(witness, report, togetherMs) };
}

function deviceSide({ seen }: SearchFlow, flows: readonly SearchFlow[]): DeviceSide {
  const said = flows.find(({ saidAt }) => saidAt !== undefined);
  const atExpiry = seen ?? "nothing";
  return said === undefined ? { atExpiry } : { atExpiry, onSend: said.seen ?? "nothing" };
}

/** An ending that came before the server spoke is the path's own doing, a later one is its answer. */
function serverSide({ end }: ServerReport): ServerSide {
  if (end === undefined) return { atExpiry: "nothing", onSend: "nothing" };
  return { atExpiry: end.answered ? "nothing" : end.how, onSend: end.how };
}

/** What answers the server's own bytes is no cut: the silence was over by then. */
function firstCut(
  { endedMs }: SearchFlow,
  report: ServerReport,
  togetherMs: Millis,
): NonNullable<PathFinding["cutFirst"]> {
  const end = report.end?.answered === true ? undefined : report.end;
  if (endedMs === undefined && end === undefined) return "nobody";
  if (end === undefined) return "device";
  if (endedMs === undefined) return "server";
  if (Math.abs(endedMs - end.afterMs) <= togetherMs) return "together";
  return endedMs < end.afterMs ? "device" : "server";
}

/** What kept flows alive: those on which something was said, or whose TCP said something. */
export function refreshing(flows: readonly SearchFlow[]): Pick<PathFinding, "refreshedBy" | "refreshedByKeepalive"> {
  const [toServer, toDevice, keepalive] = (["toServer", "toDevice", "keepalive"] as const).map((role) =>
    livesOf(flows.find((flow) => flow.role === role)),
  );
  return {
    ...(toServer !== undefined && toDevice !== undefined && { refreshedBy: sideOf(toServer, toDevice) }),
    ...(keepalive !== undefined && { refreshedByKeepalive: keepalive }),
  };
}

/** Whether a flow answered in the end; nothing of one that never came about. */
function livesOf(flow: SearchFlow | undefined): boolean | undefined {
  return flow?.openedAt === undefined ? undefined : flow.seen === "answered";
}

function sideOf(toServer: boolean, toDevice: boolean): NonNullable<PathFinding["refreshedBy"]> {
  if (toServer && toDevice) return "either";
  if (toServer) return "toServer";
  return toDevice ? "toDevice" : "neither";
}
