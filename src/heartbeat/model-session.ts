import { DeviceSession, type DeviceSessionSettings } from "./device-session.ts";
import type { DeviceModel } from "./negotiators/models.ts";
import type { NegotiatorSettings } from "./negotiators/negotiator.ts";

/** What a world may change in a device's patience, where its clock runs ahead of its machine. */
export type Patience = Partial<Pick<DeviceSessionSettings, "graceMs" | "commandTimeoutMs">>;

/** The session of a device of this model that runs with these settings. */
export function modelSession(model: DeviceModel, settings: NegotiatorSettings, patience: Patience = {}): DeviceSession {
  const { waitingCommand, protocolVersion, readLimitMs } = model;
  return new DeviceSession({
    negotiator: model.create(settings),
    waitingCommand,
    protocolVersion,
    graceMs: settings.graceMs,
    ...(readLimitMs === undefined ? {} : { readLimitMs }),
    ...patience,
  });
}
