import { type DeviceModel, deviceModel, type ModelName } from "../heartbeat/negotiators/models.ts";
import type { ObservedDevice } from "./observed-device.ts";

/** The device model nearest to a device, and why. */
export interface NearestModel {
  /** `undefined` where it could not be told. */
  readonly model: ModelName | undefined;
  /** What a model that never moves asks, in s. */
  readonly fixedSeconds: number | undefined;
  readonly reason: string;
}

/** Share of a device's requests that must ask intervals of a model for it to be taken for one. */
const FITTING_SHARE = 0.9;

/** Requests with an interval that are needed before one interval alone counts as the only one. */
const FEWEST_FIXED = 3;

/**
 * Which device model a device is nearest to: what it calls itself chooses the family, the intervals that it asked choose
 * within it. A device of no known family that always asks one interval is `fixed` at it; another one can't be told.
 * Source of the types: logs and Z-Push's configuration.
 */
export function nearestModel(device: ObservedDevice): NearestModel {
  const asked = [...device.intervals.values()].reduce((sum, count) => sum + count, 0);
  if (/^(?:PocketPC|PPC|SmartPhone|SP)$/iu.test(device.deviceType)) return windowsMobile(device);
  if (/^(?:KS)?Android|^SAMSUNG/iu.test(device.deviceType)) {
    const fitting = ANDROIDS.find((model) => fits(device, asked, model));
    if (fitting !== undefined) return found(fitting, `${device.deviceType} that asks the intervals of ${fitting}`);
  }
  const [[mostAsked, count] = [0, 0]] = [...device.intervals].sort(([, one], [, other]) => other - one);
  if (asked >= FEWEST_FIXED && count >= FITTING_SHARE * asked)
    return { model: "fixed", fixedSeconds: mostAsked, reason: `${nameOf(device)} that asks one interval` };
  const why = asked < FEWEST_FIXED ? "too few intervals in the log" : "asks intervals of no model";
  return { model: undefined, fixedSeconds: undefined, reason: `${nameOf(device)}: ${why}` };
}

function nameOf({ deviceType }: ObservedDevice): string {
  return deviceType === "" ? "a device that does not say what it is" : deviceType;
}

/** Devices of 2013 first: of what both ask it is the later ones' that is more common. */
const ANDROIDS = ["android-2013", "android-2012", "android-2009"] as const;

function windowsMobile(device: ObservedDevice): NearestModel {
  const model = device.parkedSyncs > device.pings ? "windows-mobile-6.1" : "windows-mobile";
  const waits = model === "windows-mobile" ? "Ping" : "Sync";
  return found(model, `${device.deviceType} that waits with ${waits}`);
}

function found(model: ModelName, reason: string): NearestModel {
  return { model, fixedSeconds: undefined, reason };
}

function fits(device: ObservedDevice, asked: number, name: ModelName): boolean {
  const ladder = ladderOf(deviceModel(name));
  const fitting = [...device.intervals].reduce((sum, [seconds, count]) => sum + (ladder.has(seconds) ? count : 0), 0);
  return asked > 0 && fitting >= FITTING_SHARE * asked;
}

/** Every interval that a model can come to ask. */
function ladderOf({ defaults }: DeviceModel): ReadonlySet<number> {
  const { initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds } = defaults;
  const ladder = new Set([minimumSeconds, maximumSeconds]);
  for (let up = initialSeconds; up <= maximumSeconds; up += incrementSeconds) ladder.add(up);
  for (let down = maximumSeconds; down >= minimumSeconds; down -= incrementSeconds) ladder.add(down);
  return ladder;
}
