import type { Tracker } from "../heartbeat/tracker.ts";
import { deviceHash } from "./device-hash.ts";

/** What is known of one device. */
export interface DeviceView {
  /** 12 hexadecimal digits of a hash of device id and user. */
  readonly id: string;
  readonly deviceType: string;
  /** Flows of which something is left. */
  readonly flows: number;
  readonly command: string;
  readonly heartbeatIntervalSeconds: number | undefined;
  readonly longestHeldSeconds: number | undefined;
  readonly shortestFailedSeconds: number | undefined;
  /** Where its negotiation stands. */
  readonly state: string;
}

/**
 * Shows every device that has parked a request, longest unseen first; of one that parks both commands, the latter.
 * @param flowCounts flows that are there, by device
 */
export function viewDevices(tracker: Tracker, flowCounts: ReadonlyMap<string, number>): readonly DeviceView[] {
  const views = new Map<string, DeviceView>();
  for (const negotiation of tracker.negotiations()) {
    const id = deviceHash(negotiation.device);
    const { device, command, askedSeconds, longestHeldSeconds, shortestFailedSeconds, state } = negotiation;
    views.delete(id);
    views.set(id, {
      id,
      deviceType: device.deviceType,
      flows: flowCounts.get(id) ?? 0,
      command,
      heartbeatIntervalSeconds: askedSeconds,
      longestHeldSeconds,
      shortestFailedSeconds,
      state,
    });
  }
  return [...views.values()];
}
