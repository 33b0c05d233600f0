import type { CarrierShare, DeviceShare, SizeBound, SizeRow, SizeSettings } from "./size-result.ts";

/** What a device could ask for, were the firewall never to forget, and who sets that limit. */
export interface Limit {
  readonly by: Exclude<SizeBound, "grid" | "nothing">;
  /** In s; what a carrier sets is its time-out, which no interval may reach. */
  readonly seconds: number;
  /** Share of the devices that it is for. */
  readonly share: number;
}

/** The limit of each kind of device behind each carrier. */
export function limitsOf({ carriers, devices, server }: SizeSettings): readonly Limit[] {
  return carriers.flatMap((carrier) => devices.map((device) => limitOf(carrier, device, server)));
}

function limitOf(carrier: CarrierShare, device: DeviceShare, server: SizeSettings["server"]): Limit {
  const share = carrier.share * device.share;
  const limits: readonly Limit[] = [
    { by: "carrier", seconds: carrier.idleTimeoutSeconds ?? Infinity, share },
    { by: "device-maximum", seconds: device.maximumSeconds, share },
    { by: "server-maximum", seconds: server.maximumHeartbeatSeconds, share },
  ];
  return limits.reduce((least, each) => (each.seconds < least.seconds ? each : least));
}

/**
 * What ends the gain of a longer time-out, for most devices: the limit that most of those have whose limit lies below the
 * time-out. Where most devices would ask for more still, it is the grid that ends, or nothing is known to end it.
 */
export function boundOf(settings: SizeSettings, row: SizeRow, isLast: boolean): SizeBound {
  const shares = { carrier: 0, "device-maximum": 0, "server-maximum": 0 };
  let beyond = 0;
  for (const { by, seconds, share } of limitsOf(settings)) {
    if (seconds <= row.idleTimeoutSeconds) shares[by] += share;
    else beyond += share;
  }
  const most = Math.max(...Object.values(shares));
  if (beyond > most) return isLast ? "grid" : "nothing";
  return SHARED.find((by) => shares[by] === most) ?? "nothing";
}

/** In the order in which they are told where they are equal. */
const SHARED = ["carrier", "device-maximum", "server-maximum"] as const;
