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
    { by: "server-maximum", seconds: server.maximumHeartbeatSeconds, share },
    { by: "device-maximum", seconds: device.maximumSeconds, share },
  ];
  return limits.reduce((least, each) => (each.seconds < least.seconds ? each : least));
}

/**
 * What ends the gain of a longer time-out, for most devices: the limit that most of those have whom one holds up. Where most
 * devices would ask for more still, it is the grid that ends, or nothing is known to end it.
 * @param next the next longer time-out that was tried, in s; `undefined` where there is none
 */
export function boundOf(settings: SizeSettings, row: SizeRow, next: number | undefined): SizeBound {
  const shares = { carrier: 0, "server-maximum": 0, "device-maximum": 0 };
  let beyond = 0;
  for (const limit of limitsOf(settings)) {
    if (holdsUp(limit, row.idleTimeoutSeconds, next)) shares[limit.by] += limit.share;
    else beyond += limit.share;
  }
  const most = Math.max(...Object.values(shares));
  if (beyond > most) return next === undefined ? "grid" : "nothing";
  return SHARED.reduce((best, by) => (shares[by] > shares[best] ? by : best));
}

/**
 * Whether a limit is why a longer time-out gains nothing: it lies below the time-out; or, of a carrier, below the next one,
 * as devices stay a step below it.
 */
export function holdsUp({ by, seconds }: Limit, timeoutSeconds: number, next = timeoutSeconds): boolean {
  return seconds <= (by === "carrier" ? next : timeoutSeconds);
}

/** In the order in which they are told where they are equal. */
const SHARED = ["carrier", "server-maximum", "device-maximum"] as const;
