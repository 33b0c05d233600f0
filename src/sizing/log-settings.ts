import { deviceModel } from "../heartbeat/negotiators/models.ts";
import type { ObservedKind, ObservedWorkload } from "./observed-workload.ts";
import type { DeviceShare, SizeSettings } from "./size-result.ts";

/** The parts of the settings of `size` that logs give; what they can't tell is left out. */
export interface LogSettings {
  readonly devices?: SizeSettings["devices"];
  readonly deviceCount: number;
  readonly mail: Partial<SizeSettings["mail"]>;
  readonly logs: readonly string[];
}

/** Kinds that are sized apart; the rarest are left to the others. */
const MOST_KINDS = 8;

/**
 * Turns what logs say into settings. Devices that could not be told are taken to be split like those that could. Bounds
 * and steps are the models' own: what a device asks at most today hangs on today's path.
 */
export function settingsFromLogs({ devices, mail, logs }: ObservedWorkload): LogSettings {
  const kinds = devices.kinds.slice(0, MOST_KINDS);
  const told = kinds.reduce((sum, kind) => sum + kind.devices, 0);
  return {
    ...(kinds.length === 0 ? {} : { devices: kinds.map((kind) => shareOf(kind, told)) }),
    deviceCount: devices.count,
    mail: {
      ...(mail.perDay === undefined ? {} : { perDay: mail.perDay }),
      ...(mail.hours === undefined ? {} : { hours: mail.hours }),
    },
    logs: logs.map(({ name }) => name),
  };
}

/** Which of the settings that logs can give a person has said. */
export interface Said {
  readonly devices: boolean;
  readonly deviceCount: boolean;
  readonly perDay: boolean;
  readonly hours: boolean;
}

/** Settings with those that logs give in the place of the others, but for what a person has said. */
export function withLogs(settings: SizeSettings, logged: LogSettings, said: Said): SizeSettings {
  const { devices = settings.devices, deviceCount, logs } = logged;
  const { perDay = settings.mail.perDay, hours = settings.mail.hours } = logged.mail;
  return {
    ...settings,
    devices: said.devices ? settings.devices : devices,
    deviceCount: said.deviceCount ? settings.deviceCount : deviceCount,
    mail: { perDay: said.perDay ? settings.mail.perDay : perDay, hours: said.hours ? settings.mail.hours : hours },
    logs,
  };
}

/** What a model that never moves asks first is the most that it asks. */
function shareOf({ model: name, fixedSeconds, devices }: ObservedKind, told: number): DeviceShare {
  const { defaults, uses } = deviceModel(name);
  const { incrementSeconds } = defaults;
  const initialSeconds = fixedSeconds ?? defaults.initialSeconds;
  const [minimumSeconds, maximumSeconds] = uses.includes("maximumSeconds")
    ? [defaults.minimumSeconds, defaults.maximumSeconds]
    : [Math.min(defaults.minimumSeconds, initialSeconds), initialSeconds];
  return { model: name, share: devices / told, initialSeconds, minimumSeconds, maximumSeconds, incrementSeconds };
}
