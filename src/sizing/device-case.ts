import { type DeviceModel, deviceModel } from "../heartbeat/negotiators/models.ts";
import type { NegotiatorSettings } from "../heartbeat/negotiators/negotiator.ts";
import { UsageError } from "../errors.ts";
import { PLAIN_ENDINGS, type PlainEnding } from "../path/condition.ts";
import type { Hop } from "../path/hop.ts";
import type { CarrierShare, DeviceShare, SizeSettings } from "./size-result.ts";

/** A kind of device on a kind of path to a server: all that a device's course hangs on but its mail. */
export interface DeviceCase {
  /** Device side first. */
  readonly hops: readonly Hop[];
  readonly model: DeviceModel;
  readonly settings: NegotiatorSettings;
  readonly server: SizeSettings["server"];
}

/** The hop whose time-out is to be sized. */
export const FIREWALL = "firewall";

/**
 * The case of a kind of device behind a carrier and a firewall of this time-out.
 * @throws UsageError E_USAGE a device model or an ending that there is not
 */
export function deviceCase(
  { firewall, server }: SizeSettings,
  idleTimeoutSeconds: number,
  carrier: CarrierShare,
  device: DeviceShare,
): DeviceCase {
  const model = deviceModel(device.model);
  if (model === undefined) throw new UsageError("E_USAGE", `found the device model ${device.model}, which is none`);
  return {
    hops: [
      ...(carrier.idleTimeoutSeconds === null
        ? []
        : [hopOf("carrier", "nat", carrier.idleTimeoutSeconds, carrier.atExpiry)]),
      hopOf(FIREWALL, "firewall", idleTimeoutSeconds, firewall.atExpiry),
    ],
    model,
    settings: negotiatorSettings(model, device),
    server,
  };
}

/** The settings of a device's search; its patience is that of its model. */
export function negotiatorSettings(model: DeviceModel, device: DeviceShare): NegotiatorSettings {
  const { initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds } = device;
  return { ...model.defaults, initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds };
}

function hopOf(name: string, kind: Hop["kind"], idleTimeoutSeconds: number, atExpiry: string): Hop {
  const ending = endingOf(atExpiry);
  const idleTimeoutMs = idleTimeoutSeconds * 1000;
  const atBoth = { toDevice: ending, toServer: ending };
  return { name, kind, conditions: [{ type: "idle-timeout", idleTimeoutMs, atExpiry: atBoth, refreshedBy: "either" }] };
}

function endingOf(atExpiry: string): PlainEnding {
  const ending = PLAIN_ENDINGS.find((each) => each === atExpiry);
  if (ending !== undefined) return ending;
  throw new UsageError("E_USAGE", `found atExpiry ${atExpiry}, expected one of ${PLAIN_ENDINGS.join(", ")}`);
}
