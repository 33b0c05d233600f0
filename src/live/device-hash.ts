import { createHash } from "node:crypto";
import type { DeviceIdentity } from "../heartbeat/events.ts";

/** A name for a device that tells nobody who it is: 12 hexadecimal digits of a hash of device id and user. */
export function deviceHash({ deviceId, user }: Pick<DeviceIdentity, "deviceId" | "user">): string {
  return createHash("sha256").update(`${deviceId}\n${user.toLowerCase()}`).digest("hex").slice(0, 12);
}
