import type { Outcome } from "../heartbeat/events.ts";
import type { AskedMove, Negotiation } from "../heartbeat/followed.ts";
import type { Tracker } from "../heartbeat/tracker.ts";
import { deviceHash } from "./device-hash.ts";

/** What is known of one device. */
export interface DeviceView {
  /** 12 hexadecimal digits of a hash of device id and user. */
  readonly id: string;
  readonly deviceType: string;
  /** Flows of which something is left. */
  readonly flows: number;
  /** One for each command that it has parked, Ping before Sync. */
  readonly negotiations: readonly NegotiationView[];
}

/** Where a device's negotiation with one command stands. */
export interface NegotiationView {
  readonly command: string;
  readonly heartbeatIntervalSeconds: number | undefined;
  readonly longestHeldSeconds: number | undefined;
  readonly shortestFailedSeconds: number | undefined;
  /** The hop that let the latest of its requests die that died of an idle time-out of ours, and its silence. */
  readonly lastExpiry: { readonly hop: string; readonly silenceSeconds: number } | undefined;
  /** Where its negotiation stands. */
  readonly state: string;
  /** How what it asks compares with what it asked before; `undefined` as long as no interval is known. */
  readonly lastMove: AskedMove | undefined;
  /** Its requests by how they ended; `open` are those that wait now. */
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

/**
 * Shows every device that has parked a request, longest unseen first.
 * @param flowCounts flows that are there, by device
 */
export function viewDevices(tracker: Tracker, flowCounts: ReadonlyMap<string, number>): readonly DeviceView[] {
  const views = new Map<string, DeviceView>();
  for (const negotiation of tracker.negotiations()) {
    const id = deviceHash(negotiation.device);
    const { deviceType } = negotiation.device;
    const other = views.get(id)?.negotiations ?? [];
    const negotiations = [...other, viewOf(negotiation)].sort(({ command }) => (command === "Ping" ? -1 : 1));
    views.delete(id);
    views.set(id, { id, deviceType, flows: flowCounts.get(id) ?? 0, negotiations });
  }
  return [...views.values()];
}

function viewOf(negotiation: Negotiation): NegotiationView {
  const { command, askedSeconds, longestHeldSeconds, shortestFailedSeconds, state } = negotiation;
  const { lastMove, lastExpiry, counts: outcomes } = negotiation;
  return {
    command,
    heartbeatIntervalSeconds: askedSeconds,
    longestHeldSeconds,
    shortestFailedSeconds,
    lastExpiry: lastExpiry && { hop: lastExpiry.hop, silenceSeconds: lastExpiry.silenceSeconds },
    state,
    lastMove,
    outcomes,
  };
}
