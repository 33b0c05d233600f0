import { DEFAULT_PREFIXES, type TrackingSettings } from "../live/emulator-tracking.ts";
import type { OptionTable } from "./settings.ts";
import { wholeNumber } from "./whole-number.ts";

/** How much of devices and networks is followed. */
export const TRACKING_OPTIONS = {
  "tracked-devices": {
    type: "number",
    default: 100_000,
    describe:
      "Devices followed at most, each of Ping and Sync counting as one, and remembered by all listeners; longest unseen forgotten first",
  },
  "tracked-networks": {
    type: "number",
    default: 10_000,
    describe: "Networks whose path is followed at most; longest unseen forgotten first",
  },
  "ipv4-prefix": {
    type: "number",
    default: DEFAULT_PREFIXES.ipv4,
    describe: "Bits that the addresses of one IPv4 network share, for bounds",
  },
  "ipv6-prefix": {
    type: "number",
    default: DEFAULT_PREFIXES.ipv6,
    describe: "Bits that the addresses of one IPv6 network share, for bounds",
  },
} as const satisfies OptionTable;

/** The values of these options. */
export type TrackingArguments = Readonly<Record<keyof typeof TRACKING_OPTIONS, number>>;

/**
 * How much is followed.
 * @throws UsageError E_USAGE a number is out of range
 */
export function trackingFrom(args: TrackingArguments): TrackingSettings {
  return {
    devices: trackingNumber("tracked-devices", args["tracked-devices"]),
    networks: trackingNumber("tracked-networks", args["tracked-networks"]),
    ipv4Prefix: trackingNumber("ipv4-prefix", args["ipv4-prefix"]),
    ipv6Prefix: trackingNumber("ipv6-prefix", args["ipv6-prefix"]),
  };
}

/**
 * How much is followed, for people.
 * @throws UsageError E_USAGE a number is out of range
 */
export function trackingText(args: TrackingArguments): string {
  const { devices, networks, ipv4Prefix, ipv6Prefix } = trackingFrom(args);
  return `${devices} devices, ${networks} networks of /${ipv4Prefix} and /${ipv6Prefix}`;
}

/**
 * Checks the value of one of these options.
 * @throws UsageError E_USAGE it is out of range
 */
export function trackingNumber(name: keyof TrackingArguments, found: number): number {
  const [least, most] = RANGES[name];
  return wholeNumber(`--${name}`, found, least, most);
}

/** A map of V8 takes no more than 2^24 entries. */
const RANGES: Readonly<Record<keyof TrackingArguments, readonly [number, number]>> = {
  "tracked-devices": [1, 10_000_000],
  "tracked-networks": [1, 1_000_000],
  "ipv4-prefix": [0, 32],
  "ipv6-prefix": [0, 128],
};
