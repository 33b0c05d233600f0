import type { Client } from "../client/client.ts";
import type { LiveEnded, LiveState } from "../report/live-state.ts";

/**
 * What a running idlewall has seen until now.
 * @param url as the report is to name it
 * @throws EmulatorError E_API_UNREACHABLE, ApiError E_API_REFUSED
 */
export async function liveStateOf(client: Client, url: string, now: Date): Promise<LiveState> {
  const { version, newestEvent } = await client.about();
  const [{ overall, networks }, bounds, alerts, devices, events] = await Promise.all([
    client.getRecommendation(),
    client.listBounds(),
    client.listAlerts(),
    client.listDevices(),
    endedUntil(client, newestEvent),
  ]);
  return {
    url,
    version,
    askedAt: `${now.toISOString().slice(0, 16).replace("T", " ")} UTC`,
    recommendation: overall,
    networks: networks.map(({ network, listener, boundBy, text, confidence, sample }) => {
      const { devices: count, heartbeats, failed } = sample;
      return { network, listener, boundBy, text, confidence, devices: count, heartbeats, failed };
    }),
    bounds,
    alerts,
    devices: devices.flatMap(({ id, deviceType, negotiations }) =>
      negotiations.map((negotiation) => ({ id, deviceType, ...negotiation })),
    ),
    ...events,
  };
}

/**
 * The requests that have ended, as events tell them that are still kept, up to the newest one that there is; one whose answer
 * was not heard was lost, as its device counts it.
 */
async function endedUntil(client: Client, newest: number): Promise<Pick<LiveState, "ended" | "forgottenEvents">> {
  const ended = new Map<number, LiveEnded>();
  let forgottenEvents = 0;
  if (newest === 0) return { ended: [], forgottenEvents };
  for await (const event of client.followEvents({ after: 0 })) {
    if (event.kind === "gap") forgottenEvents += event.missed;
    if (event.kind === "ended" || event.kind === "unheard") {
      const { heartbeatIntervalSeconds, exchange } = event;
      ended.set(exchange, { heartbeatIntervalSeconds, outcome: event.kind === "ended" ? event.outcome : "lost" });
    }
    if (event.id >= newest) break;
  }
  return { ended: [...ended.values()], forgottenEvents };
}
