import { deviceModel, type ModelName } from "../../src/heartbeat/negotiators/models.ts";
import type { CarrierShare, CostConstant, DeviceShare, SizeSettings } from "../../src/sizing/size-result.ts";
import { EVEN_HOURS } from "../../src/sizing/workload.ts";

/** A small run: one device for two days, 40 messages a day, no carrier, a firewall of 30 min. */
export function sizeSettings(over: Partial<SizeSettings> = {}): SizeSettings {
  return {
    carriers: [carrierOf(null)],
    firewall: { idleTimeoutSeconds: [1800], atExpiry: "drop", todaySeconds: null },
    server: { minimumHeartbeatSeconds: 60, maximumHeartbeatSeconds: 3540 },
    devices: [kindOf("windows-mobile")],
    deviceCount: 1,
    days: 2,
    mail: { perDay: 40, hours: EVEN_HOURS },
    seed: 1,
    repeats: 1,
    gain: 0.05,
    cost: {
      heartbeat: constant(900, 600, 939),
      command: constant(1000, 900, 2000),
      fullHandshake: constant(6500, 1300, 6500),
      resumedHandshake: constant(330, 300, 400),
      resumedShare: constant(0.5, 0, 1),
      wakeUp: constant(10, 5, 11),
      tail: constant(10, 6, 12),
    },
    logs: [],
    ...over,
  };
}

/** A firewall of one time-out. */
export function firewallOf(idleTimeoutSeconds: number, atExpiry = "drop"): SizeSettings["firewall"] {
  return { idleTimeoutSeconds: [idleTimeoutSeconds], atExpiry, todaySeconds: null };
}

/** A carrier of all devices. */
export function carrierOf(idleTimeoutSeconds: number | null, atExpiry = "drop"): CarrierShare {
  return { name: "carrier", idleTimeoutSeconds, atExpiry, share: 1, source: "made up" };
}

/** All devices of one kind, with its defaults unless others are said. */
export function kindOf(model: ModelName, over: Partial<DeviceShare> = {}): DeviceShare {
  const { initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds } = deviceModel(model).defaults;
  return { model, share: 1, initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds, ...over };
}

/** A constant with its two ends. */
export function constant(value: number, low = value, high = value): CostConstant {
  return { value, low, high, unit: "bytes", source: "made up" };
}
