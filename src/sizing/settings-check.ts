import { LARGEST_SEED } from "../core/random.ts";
import { UsageError } from "../errors.ts";
import { deviceModel } from "../heartbeat/negotiators/models.ts";
import { PLAIN_ENDINGS } from "../path/condition.ts";
import { negotiatorSettings } from "./device-case.ts";
import type { CostModel, DeviceShare, SizeSettings } from "./size-result.ts";

/**
 * Checks what a run of `size` counts with: a share or number that is none would make a run that nothing ends, or figures
 * that mean nothing.
 * @throws UsageError E_USAGE every fault, each with its field
 */
export function checkSizeSettings(settings: SizeSettings): void {
  const faults = [
    ...pathFaults(settings),
    ...serverFaults(settings.server),
    ...shareFaults("devices", settings.devices),
    ...settings.devices.flatMap((device, index) => deviceFaults(`devices[${index}]`, device)),
    ...countFaults(settings),
    ...mailFaults(settings.mail),
    ...costFaults(settings.cost),
  ];
  if (faults.length > 0) throw new UsageError("E_USAGE", faults.join("\n"));
}

function pathFaults({ carriers, firewall }: SizeSettings): readonly string[] {
  return [
    ...shareFaults("carriers", carriers),
    ...carriers.flatMap(({ idleTimeoutSeconds, atExpiry }, index) => [
      ...timeoutFaults(`carriers[${index}]`, idleTimeoutSeconds ?? LONGEST_SECONDS),
      ...endingFaults(`carriers[${index}]`, atExpiry),
    ]),
    ...faultOf("firewall", firewall.idleTimeoutSeconds, firewall.idleTimeoutSeconds.length > 0, "one time-out or more"),
    ...firewall.idleTimeoutSeconds.flatMap((seconds) => timeoutFaults("firewall", seconds)),
    ...endingFaults("firewall", firewall.atExpiry),
  ];
}

/** As the idle time-out of a profile: 30 days. */
const LONGEST_SECONDS = 30 * 86_400;

function timeoutFaults(field: string, seconds: number): readonly string[] {
  return faultOf(
    `${field}.idleTimeoutSeconds`,
    seconds,
    seconds >= 1 && seconds <= LONGEST_SECONDS,
    `1 to ${LONGEST_SECONDS} s`,
  );
}

function endingFaults(field: string, atExpiry: string): readonly string[] {
  const known = PLAIN_ENDINGS.some((ending) => ending === atExpiry);
  return faultOf(`${field}.atExpiry`, atExpiry, known, `one of ${PLAIN_ENDINGS.join(", ")}`);
}

function serverFaults({ minimumHeartbeatSeconds, maximumHeartbeatSeconds }: SizeSettings["server"]): readonly string[] {
  const fit =
    isWhole(minimumHeartbeatSeconds, 1) &&
    isWhole(maximumHeartbeatSeconds, 1) &&
    minimumHeartbeatSeconds <= maximumHeartbeatSeconds;
  const found = `${minimumHeartbeatSeconds} to ${maximumHeartbeatSeconds} s`;
  return faultOf("server", found, fit, "whole seconds, the least first");
}

function shareFaults(field: string, parts: readonly { readonly share: number }[]): readonly string[] {
  const shares = parts.map(({ share }) => share);
  return faultOf(field, `the shares ${shares.join(", ")}`, areShares(shares), "shares from 0 on that sum to 1");
}

function areShares(shares: readonly number[]): boolean {
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.every((share) => share >= 0) && Math.abs(sum - 1) < TOLERANCE;
}

/** What shares that were written with a few digits may miss 1 by. */
const TOLERANCE = 0.001;

function deviceFaults(field: string, device: DeviceShare): readonly string[] {
  const model = deviceModel(device.model);
  if (model === undefined) return faultOf(`${field}.model`, device.model, false, "a device model");
  return model.faults(negotiatorSettings(model, device)).map((fault) => `${field}.${fault}`);
}

function countFaults({ deviceCount, days, seed, repeats }: SizeSettings): readonly string[] {
  const seeds = isWhole(seed, 0) && isWhole(repeats, 1) && seed + repeats - 1 <= LARGEST_SEED;
  return [
    ...faultOf("deviceCount", deviceCount, isWhole(deviceCount, 1), "a whole number from 1 on"),
    ...faultOf("days", days, days > 0 && Number.isFinite(days), "more than 0"),
    ...faultOf("seed", `${seed} and ${repeats} repeats`, seeds, `whole numbers, seeds up to ${LARGEST_SEED}`),
  ];
}

function mailFaults({ perDay, hours }: SizeSettings["mail"]): readonly string[] {
  return [
    ...faultOf("mail.perDay", perDay, perDay >= 0 && perDay <= MOST_MAIL, `0 to ${MOST_MAIL}`),
    ...faultOf("mail.hours", hours, hours.length === 24 && areShares(hours), "24 shares from 0 on that sum to 1"),
  ];
}

/** One message a second. */
const MOST_MAIL = 86_400;

function costFaults(cost: CostModel): readonly string[] {
  return Object.entries(cost).flatMap(([name, { value, low, high }]) => {
    const fit = low >= 0 && low <= value && value <= high && Number.isFinite(high);
    return faultOf(`cost.${name}`, `${low}, ${value}, ${high}`, fit, "low, value and high in this order, from 0 on");
  });
}

function faultOf(field: string, found: unknown, fits: boolean, expected: string): readonly string[] {
  return fits ? [] : [`${field}: found ${String(found)}, expected ${expected}`];
}

function isWhole(count: number, least: number): boolean {
  return Number.isSafeInteger(count) && count >= least;
}
